// mpirun without the plugins of hwloc, which it does not need to place ranks.
#pragma once

#include <hecaton/launch/command.hpp>

namespace hecaton::detail::launch {

/// Adds to the command's environment that hwloc finds no plugins: they ask X servers and OpenCL for graphics cards, for
/// some 15 ms of mpirun's start. Adds nothing where `environment` says where plugins are.
void hide_hwloc_plugins(Command& command, const Variables& environment);

/// Takes that back in this process's environment, in what mpirun has started. To be called before threads are started.
void show_hwloc_plugins();

}  // namespace hecaton::detail::launch

// Things of a machine that only one process may have at a time, as a core.
#pragma once

#include <hecaton/foundation/descriptor.hpp>
#include <string>

namespace hecaton::launcher {

/// Takes what has that name; empty where another process has it. It is given back when the descriptor is closed, also
/// when the process is killed. The name is that of an abstract socket, so there is no file, and all users of the
/// machine know of it; in containers with networks of their own, each has its own names.
detail::Descriptor claim(const std::string& name);

}  // namespace hecaton::launcher

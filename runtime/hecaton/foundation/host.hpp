// Facts about the machine that this process runs on.
#pragma once

#include <cstdint>
#include <string>

namespace hecaton::detail::host {

/// The host's name as the kernel gives it.
const std::string& name();

/// How many cores this process may use: its affinity mask, cut down to the cgroup's CPU quota; at least 1.
int cores();

/// True when a debugger traces this process.
bool traced();

/// The file that this process runs, with links resolved. Empty where it was deleted since.
std::string executable();

/// A number that processes have in common which can open each other's files through /proc, and hardly any others: of
/// the same booted system, process namespace and user.
std::uint64_t process_space();

}  // namespace hecaton::detail::host

// Processes whose parent has died become children of the launcher, or of the shim around their rank. So launcher and
// shim find all processes that ranks have started, and end them.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace hecaton::launcher {

/// From now on, a descendant whose parent dies becomes a child of this process, instead of init's.
void adopt_orphans();

/// The children of this process.
std::vector<pid_t> children();

/// Sends a signal to each child of this process.
void signal_children(int signal);

/// The names of the first few children, as ps shows them: "sleep, cat".
std::string names_of_children();

}  // namespace hecaton::launcher

// Processes whose parent has died become children of the launcher, or of the shim around their rank; so these find, and
// end, whatever ranks have started.
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

/// Their names, as ps shows them, with a comma between: the first few.
std::string names_of_children();

}  // namespace hecaton::launcher

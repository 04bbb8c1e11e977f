// Cleans up after an mpirun that was killed, or had to be asked to end: processes, session directory, shared memory.
#pragma once

#include <sys/types.h>

#include <hecaton/launch/environment.hpp>
#include <string>
#include <string_view>

namespace hecaton::launcher {

/// Ends every child of this process: asks first (SIGTERM), and kills after a second. A process that called
/// adopt_orphans() so reaches the ranks, and the processes that they have started, after their mpirun is gone.
void end_children();

/// Removes the session directory of the mpirun that had this process id, and the shared memory of its ranks that their
/// shims could not remove. To be called when neither mpirun nor its ranks run any more.
void remove_session(pid_t mpirun, const detail::launch::Variables& environment);

/// Removes a session directory, and the directory of its user and host when that is empty then.
void remove_session(const std::string& directory);

}  // namespace hecaton::launcher

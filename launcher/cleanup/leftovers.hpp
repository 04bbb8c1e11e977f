// What an mpirun that was ended the hard way leaves behind, and how to be rid of it.
#pragma once

#include <sys/types.h>

#include <hecaton/launch/environment.hpp>
#include <string>
#include <string_view>

namespace hecaton::launcher {

/// Ends every child of this process: asks first (SIGTERM), and after a second does not ask any more. A process that
/// called adopt_orphans() thereby reaches the ranks, and what they have started, after their mpirun is gone.
void end_children();

/// Removes the session directory of the mpirun that had this process id, and the shared memory of its ranks that their
/// shims could not remove. To be called when neither it nor its ranks run any more.
void remove_session(pid_t mpirun, const detail::launch::Variables& environment);

/// Removes a session directory, and the one of its user and host when it was the last in that.
void remove_session(const std::string& directory);

}  // namespace hecaton::launcher

// What an mpirun that was ended the hard way leaves behind, and how to be rid of it.
#pragma once

#include <sys/types.h>

#include <hecaton/transport/launch_environment.hpp>
#include <string>
#include <string_view>

namespace hecaton::launcher {

/// Ends every child of this process: asks first (SIGTERM), and after a second does not ask any more. A process that
/// called adopt_orphans() thereby reaches the ranks, and what they have started, after their mpirun is gone.
void end_children();

/// From now on, a descendant whose parent dies becomes a child of this process, instead of init's.
void adopt_orphans();

/// Removes the session directory of the mpirun that had this process id, and the shared memory of its ranks with Open
/// MPI 4. To be called when neither it nor its ranks run any more.
void remove_session(pid_t mpirun, const launch::Variables& environment);

/// Removes a session directory, and the one of its user and host when it was the last in that.
void remove_session(const std::string& directory);

/// Removes the shared memory of an Open MPI 4 job; `job` is from job_number(), and nothing is removed where it is
/// empty.
void remove_shared_memory(const std::string& job);

/// The number of an Open MPI 4 job, from its name for PMIx (322109441), as it stands in the names of its ranks' shared
/// memory; empty where that is no number.
std::string job_number(std::string_view name);

}  // namespace hecaton::launcher

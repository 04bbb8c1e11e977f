// The shared memory that Open MPI's ranks of one node have for their messages: files in /dev/shm, which mpirun removes
// when a rank was killed, and nobody does when mpirun was killed, too.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace hecaton::launcher {

/// The job's number as it stands in the names of those files, in hexadecimal digits. `job` is PMIX_NAMESPACE: Open MPI
/// 4 has a number there, Open MPI 5 derives one from a name like "prterun-node7-4242@1". Empty where it is neither.
std::string number_of_job(std::string_view job);

/// What a rank that was killed gets to let go of its memory.
inline constexpr std::chrono::milliseconds lets_go{1'000};

/// Removes the files that ranks of that job (PMIX_NAMESPACE) have left on this machine, if it is one that has a number.
/// Those that a process still has mapped after `patience` stay. Each shim calls it when its rank has ended, so the last
/// one gets them all.
void remove_segments(std::string_view job, std::chrono::milliseconds patience = {});

}  // namespace hecaton::launcher

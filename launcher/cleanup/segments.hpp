// Removes the shared memory in which Open MPI's ranks of one node exchange messages: files in /dev/shm. mpirun removes
// them when a rank was killed; they stay when mpirun was killed, too.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace hecaton::launcher {

/// The job's number in the names of those files, in hexadecimal digits. `job` is PMIX_NAMESPACE, which is a number with
/// Open MPI 4; Open MPI 5 derives the number from a name like "prterun-node7-4242@1". Empty where `job` is neither.
std::string number_of_job(std::string_view job);

/// A rank that was killed gets this long to unmap its memory.
inline constexpr std::chrono::milliseconds lets_go{1'000};

/// Removes the files that ranks of that job (PMIX_NAMESPACE) have left on this machine, if the job has a number. Files
/// that a process still has mapped after `patience` stay. Each shim calls it when its rank has ended, so the last shim
/// removes them all.
void remove_segments(std::string_view job, std::chrono::milliseconds patience = {});

}  // namespace hecaton::launcher

// How many ranks share the cores of this machine, and what a shim makes of it.
//
// Ranks of Open MPI wait for each other by looking every tenth of a millisecond, in MPI_Init and MPI_Finalize. A
// hundred of them on two cores do nothing but wake up, and leave no time to the ranks that have not started yet, nor to
// mpirun.
#pragma once

#include <chrono>

namespace hecaton::launcher {

/// Ranks, and the cores that they have together.
struct Crowding {
    int ranks = 1;
    int cores = 1;
    bool crowded() const { return ranks > cores; }
};

/// That of this process's machine, from the variables that the engine set; not crowded where it set none.
Crowding crowding_here();

/// How late the kernel may wake a rank, so that it wakes many at once: as many wake-ups a second for all ranks as one
/// rank for each core has. 0: as the kernel does by itself.
std::chrono::nanoseconds timer_slack(const Crowding& here);

/// How long a rank that ended well stays a running one to the engine while others run. PMIx gives up its goodbye after
/// two seconds, which a mpirun among hundreds of busy ranks does not hear in time. It would take the rank for one that
/// ended without MPI_Finalize, and end the job.
std::chrono::milliseconds time_for_goodbye(const Crowding& here);

}  // namespace hecaton::launcher

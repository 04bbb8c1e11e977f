// The threads that OpenMP and BLAS libraries start in a rank: its share of the node's cores, where the user has not
// said how many. Left to themselves they start one for each core, in each rank.
#pragma once

#include <sys/types.h>

namespace hecaton::detail {

/// The variable that all of them read; MKL and OpenBLAS where their own is not set.
inline constexpr const char* thread_variable = "OMP_NUM_THREADS";

/// The share of one of `ranks` ranks of a node with `cores` cores, which may use `own` cores itself; at least 1.
int thread_share(int cores, int ranks, int own) noexcept;

/// The cores of this node for all ranks of the job: those that the launcher `engine` may use, which is bound to none as
/// its ranks may be, cut down to this process's quota. 0 where the kernel does not tell.
int cores_for_ranks(pid_t engine);

/// Gives such libraries in this process, which have read their variables when they were loaded, this number of threads,
/// unless the program has set another. False where there are none. For OpenMP it holds for this thread, and for those
/// that limit_threads_here() is called on.
bool limit_threads(int threads);

/// For a new thread that runs the program's tasks.
void limit_threads_here();

}  // namespace hecaton::detail

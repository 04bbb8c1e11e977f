// What a rank finds out about its place in the job when MPI starts, for itself and for the programs that it starts:
// this_worker::local_rank() and its kin, and its share of the node's cores.
#pragma once

#include <cstdint>

namespace hecaton::detail {

/// Gives OpenMP and BLAS libraries the rank's share of its node's cores, in the environment and where they are loaded
/// already, unless OMP_NUM_THREADS is set: `hecaton run` has done that. Rank 0 says so where it changes something.
/// Before MPI is started, and before processes are forked.
void share_cores();

/// Once MPI is started. Collective over the world where no variable tells the node.
void find_place();

/// The same from the environment alone, for MPI that the program has started itself.
void read_place();

/// HECATON_PRETEND_NODES="2,3,2" is for tests: ranks 0 and 1, 2 to 4, and 5 and 6 behave as if on three nodes; those
/// after the last group are on one more.
std::uint64_t pretended_node(int rank);

}  // namespace hecaton::detail

// What Open MPI's mpirun prints when a job fails: its own account, and what the ranks' MPI had it print.
#pragma once

#include <string>

namespace hecaton::launcher {

/// Of mpirun's words after a rank has left with a bad status, those that only MPI can say: why MPI_Init failed, which
/// call was wrong. What the crash card says better is left out. Pure.
std::string words_of_mpi(const std::string& said);

}  // namespace hecaton::launcher

// The two calls that end MPI, where the program makes them in the middle of our work.
//
// MPI_Finalize waits for ranks that wait for this one, and MPI_Abort says of no item that it was its end.
#pragma once

namespace hecaton::detail {

/// From now on MPI_Finalize ends the job, with a line, where it is called in a task or while a pool is open. MPI calls
/// us first: its end begins with freeing what is attached to MPI_COMM_SELF. For each process once; MPI is up.
void watch_finalize();

/// MPI_Abort on all ranks of the world, by ourselves. (MPI_Abort, when the program calls it in a task, says which item
/// that was. It is defined here, in front of MPI's own, which it calls.)
void abort_world(int status) noexcept;

}  // namespace hecaton::detail

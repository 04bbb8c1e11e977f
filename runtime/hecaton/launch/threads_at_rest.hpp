// A wait before MPI_Finalize, for a fault of Open MPI 4.
//
// In MPI_Init, PMIx leaves its thread a last piece of work, which Open MPI's other thread then ends. MPI_Finalize takes
// that code out of memory before it has stopped the thread. Where the thread had no core up to then (a short program,
// many ranks on a core), it runs into a page that is not there: SIGSEGV of a program that has done all its work. So a
// young program looks first whether a thread of its process waits for a core.
#pragma once

#include <chrono>

namespace hecaton::detail::launch {

/// Returns when no other thread of this process has been running or ready to run, in two looks one after the other; at
/// the latest after `longest`. Returns whether it has seen that.
bool wait_for_threads_at_rest(std::chrono::milliseconds longest) noexcept;

}  // namespace hecaton::detail::launch

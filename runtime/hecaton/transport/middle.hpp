// In the middle of a collective call no rank may fail alone: the others would wait for it.
//
// What can be told to the others is an attempt of the call (collectives/call.hpp). For the rest there are two ways. A
// rank that finds no memory for what is little, such as a list of sizes, gives its reserve back to the system and asks
// again. And a rank that can go on no longer, since MPI itself has failed or there is no memory at all, ends the job,
// with a line.
#pragma once

#include <hecaton/transport/communicator.hpp>

namespace hecaton::detail {

/// Sets the reserve of this thread aside, unless it is there: 16 MiB, which take no memory before they are used. Throws
/// std::bad_alloc.
void keep_reserve();
void give_reserve_back() noexcept;

/// In a handler, for a rank that has failed alone: ends the job with a line. Throws the exception again where this rank
/// is the only one of the communicator.
[[noreturn]] void end_for_all(MPI_Comm communicator = MPI_COMM_WORLD);

/// What `f` returns, which needs memory: much less than the reserve. It may be called twice.
template <class F>
auto surely(F&& f) -> decltype(f()) {
    try {
        return f();
    } catch (...) {
        give_reserve_back();
    }
    try {
        return f();
    } catch (...) {
        end_for_all();
    }
}

/// Checks the result of a call of MPI in which all ranks of the communicator take part: a rank where it has failed ends
/// the job. Throws MpiError where the communicator has one rank.
void check_collective(int code, const char* call, MPI_Comm communicator);

}  // namespace hecaton::detail

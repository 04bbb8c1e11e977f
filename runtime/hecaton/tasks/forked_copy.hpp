// Copies of a rank: processes that the program forks from it.
//
// A copy has the rank's memory, but none of its threads and no connection of its own. What it does in the rank's name
// waits for ever, or disturbs the rank. So a copy may run what the program wants, and exec, exit or _exit. It cannot
// use pools or MPI, it has nothing to put in order when it exits, and it ends where it comes back to us.
#pragma once

#include <string>

namespace hecaton::detail {

/// From now on, processes that are forked from this one are copies of it. This one is none, also if it was: a process
/// that we fork for a rank stands for itself.
void become_original() noexcept;

/// True in a process that the program has forked from one of ours, however it did that.
bool is_forked_copy() noexcept;

/// Set in copies that fork() has made.
extern constinit bool forked_copy;
/// Ends this process, with a line, if it is a copy. To be called where code of the program comes back to us; cheap.
[[noreturn]] void end_copy() noexcept;
inline void end_forked_copy() noexcept {
    if (forked_copy) [[unlikely]]
        end_copy();
}

/// "rank 2 on node7", with the item that this thread runs: "rank 2 on node7, in item 3,".
std::string rank_in_words();

}  // namespace hecaton::detail

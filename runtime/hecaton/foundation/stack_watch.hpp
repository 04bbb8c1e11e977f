// StackWatch: whether a process died of SIGSEGV because the stack of one of its threads was full.
//
// The kernel does not tell a parent at which address a child has failed, and at the end of a stack no handler can run
// on that stack. So threads that run the program's tasks have a second, small one for a handler. It writes a note, and
// lets the instruction fail again with the action that was there before: the default, or Open MPI's backtrace.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace hecaton::detail {

/// Where the process id of a process is noted whose stack was full; in memory that outlives the process.
using StackNote = std::atomic<std::int32_t>;
static_assert(StackNote::is_always_lock_free);

/// From now on this process has a handler that writes to `note`. Nothing is done where the program, a sanitizer for
/// example, has a handler of its own, and where `note` is null. Children that are forked do not write.
void watch_for_full_stacks(StackNote* note) noexcept;

/// From now on a handler of MPI's that prints the backtrace of a crash needs no memory. The first backtrace of a
/// process loads what it needs; after a crash inside malloc, where a heap was spoiled, that would wait for a lock for
/// ever.
void prepare_backtraces() noexcept;

/// Until it is destroyed, a full stack of the thread that has made it is noted. Nothing is done where the process is
/// not watched.
class StackWatch {
  public:
    StackWatch() noexcept;
    ~StackWatch();
    StackWatch(const StackWatch&) = delete;
    StackWatch& operator=(const StackWatch&) = delete;

  private:
    void* memory_ = nullptr;
};

}  // namespace hecaton::detail

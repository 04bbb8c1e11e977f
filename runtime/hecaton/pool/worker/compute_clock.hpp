// ComputeClock: how long a worker computes, without the time for which the system gave its core to another thread.
//
// More ranks than cores take turns on them. By the wall clock each seems to compute all the time, so the ranks together
// would seem to do the work of as many cores. Linux counts how long a thread was ready to run and had to wait.
#pragma once

#include <chrono>
#include <cstdint>
#include <hecaton/foundation/descriptor.hpp>

namespace hecaton::detail {

/// Measures the thread that makes it.
class ComputeClock {
  public:
    ComputeClock();

    /// The thread has been waiting for work: the time that it waited for a core meanwhile does not count.
    void idle() noexcept { known_ = false; }
    /// Between two pieces of work, at that time by the steady clock. Returns the seconds that the thread has waited for
    /// a core since the last call, as far as known. The system is asked once a millisecond at most.
    double waited(std::chrono::nanoseconds now) noexcept;

  private:
    std::int64_t total_wait() const noexcept;

    Descriptor file_;
    bool known_ = false;
    std::int64_t wait_ = 0;  // at asked_, in ns
    std::chrono::nanoseconds asked_{};
};

}  // namespace hecaton::detail

// ComputeClock: how long a thread computes, without the time for which the system gave its core to another thread.
//
// More threads than cores take turns on them. By the wall clock each seems to compute all the time, so together they
// would seem to do the work of as many cores. Linux counts for how long a thread was ready to run and had to wait for a
// core. A thread that sleeps, or waits for a disk or another thread, does not wait for a core: that time stays in.
#pragma once

#include <chrono>
#include <cstdint>
#include <hecaton/foundation/descriptor.hpp>
#include <utility>

namespace hecaton::detail {

/// The time by the steady clock, in nanoseconds.
inline std::int64_t steady_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

/// Measures the thread that makes it, in intervals. Times are those of steady_ns().
///
/// To ask the system takes most of a microsecond, so it is asked once in `ask_every` at most. What is left uncounted
/// is less than that each time that the thread goes idle, since a wait that is longer makes its interval so long that
/// the system is asked at its end.
class ComputeClock {
  public:
    static constexpr std::int64_t ask_every = 100'000;

    /// The tests name another file than that of the thread.
    ComputeClock(const char* file = "/proc/thread-self/schedstat");

    /// An interval begins. Returns when: at `now`, or a little later where the system had to be asked.
    std::int64_t begin(std::int64_t now) noexcept {
        if (asked_late_ || now - ended_ > long_gap) now = begin_anew(now);
        gaps_ += now - ended_;
        return begun_ = ended_ = now;
    }
    /// It ends at `now`. Returns the seconds that it took without waits for a core: 0 or more, and never more than by
    /// the wall clock. Without a begin() before it: 0.
    double end(std::int64_t now) noexcept {
        if (begun_ == none) return 0;
        ended_ = now;
        std::int64_t took = now - std::exchange(begun_, none);
        if (now - asked_ >= ask_every) took -= waited(now, took);
        return static_cast<double>(took) * 1e-9;
    }

  private:
    static constexpr std::int64_t long_gap = 50'000;

    static constexpr std::int64_t none = -1;

    std::int64_t begin_anew(std::int64_t now) noexcept;
    std::int64_t waited(std::int64_t now, std::int64_t took) noexcept;
    std::int64_t total_wait(std::int64_t now) noexcept;
    std::int64_t guessed_wait(std::int64_t now) noexcept;

    Descriptor file_;          // closed where the kernel counts no waits
    bool asked_late_ = false;  // the system was asked at the end of the last interval, which took time
    std::int64_t begun_ = none;
    std::int64_t ended_ = 0;  // the gap before the next interval begins here
    // Since the system was asked last:
    std::int64_t asked_ = 0;  // when that was
    std::int64_t wait_ = 0;   // what it said
    std::int64_t gaps_ = 0;   // time between intervals
    // For guessed_wait():
    std::int64_t guess_ = 0;
    std::int64_t guessed_ = 0;
    std::int64_t processor_time_ = 0;
    long switches_ = 0;
};

}  // namespace hecaton::detail

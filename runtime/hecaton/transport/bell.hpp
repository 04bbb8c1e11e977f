// The waiting scheme: how a thread waits for messages that nobody can announce to it.
//
// MPI has no way to sleep until a message comes, so a waiting thread looks again and again: first without a pause (a
// reply is on its way), then yielding, then sleeping for longer and longer up to a millisecond. That keeps the message
// rate of spinning, costs an idle rank a few per cent of a core, and serves the first message after a pause within two
// milliseconds. What happens in this process (a result of the compute thread, new work) need not be waited for like
// that: it rings.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace hecaton::detail {

/// A futex: threads of this process ring it, one thread sleeps on it.
class Bell {
  public:
    /// Ends the current or the next sleep. Any thread.
    void ring() noexcept;
    /// Sleeps until a ring that came after the last sleep() returned, `longest` at most.
    void sleep(std::chrono::nanoseconds longest) noexcept;

  private:
    std::atomic<std::uint32_t> rung_{0};
};

/// Waits a little longer each time it is asked, until reset().
class Backoff {
  public:
    explicit Backoff(Bell& bell) : bell_(bell) {}
    /// Something came: start again without pauses.
    void reset() noexcept {
        looks_ = 0;
        pause_ = {};
    }
    /// Nothing came: wait, `longest` at most.
    void wait(std::chrono::nanoseconds longest) noexcept;
    /// The longest sleep of who waits for MPI messages, which do not ring.
    static constexpr std::chrono::milliseconds between_polls{1};

  private:
    static constexpr std::uint32_t spins = 200;
    static constexpr std::uint32_t yields = 200;

    Bell& bell_;
    std::uint32_t looks_ = 0;
    std::chrono::nanoseconds pause_{};
};

/// Lets this thread's short sleeps end when they should (the kernel rounds them up by 50 microseconds otherwise).
void sleep_precisely() noexcept;

}  // namespace hecaton::detail

// The waiting scheme: how a thread waits for messages that MPI can not announce to it.
//
// MPI has no way to sleep until a message comes, so a waiting thread looks again and again: first without a pause (a
// reply is on its way), then yielding, then sleeping. Whoever sends to a rank of its own node rings that rank's bell,
// which ends the sleep (node_bells.hpp); what happens inside the process (a result of the compute thread, new work)
// rings the same bell. Where a message can come that does not ring, sleeps grow to a millisecond: that costs an idle
// rank a few per cent of a core.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

namespace hecaton::detail {

/// A futex: threads of this process ring it, or of all processes that share its word. One thread sleeps on it, or
/// another in its place, which then passes on what rang (Watcher in pool/remote_worker.cpp); a ring wakes both.
class Bell {
  public:
    /// 0 while somebody may sleep on it, else 1; so that ringing who is awake costs a look.
    using Word = std::atomic<std::uint32_t>;

    /// With a word of its own, or with `shared`, which lies in memory that processes share.
    explicit Bell(std::shared_ptr<Word> shared = nullptr) noexcept
        : shared_(std::move(shared)), word_(shared_ != nullptr ? *shared_ : own_) {}
    /// Ends the current or the next sleep. Any thread. What was done before is seen by whoever looks after that sleep.
    void ring() noexcept { ring(word_, shared_ != nullptr); }
    /// From now on a ring ends the next wait(); to be followed by one more look. Returns whether it rang before.
    bool arm() noexcept;
    /// Sleeps until a ring that came after arm(), `longest` at most. Returns whether one came.
    bool wait(std::chrono::nanoseconds longest) noexcept;
    /// Both, for who looks before each sleep: returns at once when it rang meanwhile, or since the last wait ended.
    void sleep(std::chrono::nanoseconds longest) noexcept {
        if (!arm()) wait(longest);
    }

    /// Rings the bell of another process.
    static void ring(Word& word) noexcept { ring(word, true); }

  private:
    static void ring(Word& word, bool shared) noexcept;

    Word own_{1};
    const std::shared_ptr<Word> shared_;
    Word& word_;
};

/// Waits a little longer each time it is asked, until reset(). How long it looks before it sleeps is learned: where
/// what it waited for came long after it had slept in, the looks have only taken a core from those who compute.
class Backoff {
  public:
    explicit Backoff(Bell& bell) : bell_(bell) {}
    /// Something came: start again without pauses.
    void reset() noexcept {
        if (slept_in_ != Time{} || looks_ != 0) learn();
        looks_ = 0;
        pause_ = {};
        slept_in_ = {};
        rung_ = false;
    }
    /// Nothing came, look again: at once, or after a yield. False when it is time to sleep().
    bool look_again() noexcept;
    /// Sleeps, `longest` at most.
    void sleep(std::chrono::nanoseconds longest) noexcept;

    /// The longest sleep of who waits for messages that do not ring.
    static constexpr std::chrono::nanoseconds between_polls = std::chrono::milliseconds(1);
    /// The longest sleep where everything rings: so late is a message whose ring was lost.
    static constexpr std::chrono::nanoseconds when_all_ring = std::chrono::milliseconds(50);

  private:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::uint32_t full_effort = 16;

    void learn() noexcept;

    Bell& bell_;
    std::uint32_t effort_ = full_effort;  // sixteenths of the longest time to look before the first sleep
    std::uint32_t looks_ = 0;
    Time yields_until_;
    Time slept_in_;      // when it first slept since the last reset
    bool rung_ = false;  // since then, and nothing came of it yet
    std::chrono::nanoseconds pause_{};
};

/// Lets this thread's short sleeps end when they should (the kernel rounds them up by 50 microseconds otherwise).
void sleep_precisely() noexcept;

}  // namespace hecaton::detail

// The waiting scheme: how a thread waits for messages that MPI cannot announce to it.
//
// MPI has no way to sleep until a message comes, so a waiting thread polls: first without a pause (a reply is on its
// way), then with yields, then with sleeps. A rank that sends to another rank of its node rings that rank's bell, which
// ends the sleep (node_bells.hpp). Events inside the process (a result of the compute thread, new work) ring the same
// bell. Where a message may come without a ring, sleeps grow to a millisecond: that costs an idle rank a few per cent
// of a core.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

namespace hecaton::detail {

/// A futex: threads of this process ring it, or threads of all processes that share its word. One thread sleeps on it,
/// or another in its place, which then passes the ring on (Watcher in pool/worker/remote_worker.cpp); a ring wakes
/// both.
class Bell {
  public:
    /// 0 while a thread may sleep on it, else 1: a ring for a thread that is awake costs only a read of the word.
    using Word = std::atomic<std::uint32_t>;

    /// With a word of its own, or with `shared`, which lies in memory that processes share.
    explicit Bell(std::shared_ptr<Word> shared = nullptr) noexcept
        : shared_(std::move(shared)), word_(shared_ != nullptr ? *shared_ : own_) {}
    /// Ends the current or the next sleep. Any thread may call it; the sleeper sees all that the thread did before.
    void ring() noexcept { ring(word_, shared_ != nullptr); }
    /// From now on a ring ends the next wait(); to be followed by one more poll. Returns whether it rang before.
    bool arm() noexcept;
    /// Sleeps until a ring that came after arm(), `longest` at most. Returns whether one came.
    bool wait(std::chrono::nanoseconds longest) noexcept;
    /// Both, for a thread that polls before each sleep: returns at once when it rang since the last wait ended.
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

/// Waits a little longer each time it is asked, until reset(). It learns how long to poll before the first sleep: where
/// an event came long after that sleep had begun, the polls only took a core from threads that compute.
class Backoff {
  public:
    explicit Backoff(Bell& bell) : bell_(bell) {}
    /// An event came: start again without pauses.
    void reset() noexcept {
        if (first_sleep_ != Time{} || looks_ != 0) learn();
        looks_ = 0;
        pause_ = {};
        first_sleep_ = {};
        rung_ = false;
    }
    /// No event came: poll again, at once or after a yield. False when it is time to sleep().
    bool look_again() noexcept;
    /// Sleeps, `longest` at most.
    void sleep(std::chrono::nanoseconds longest) noexcept;

    /// The longest sleep of a thread that waits for messages which do not ring.
    static constexpr std::chrono::nanoseconds between_polls = std::chrono::milliseconds(1);
    /// The longest sleep where everything rings. A message whose ring was lost is seen that late.
    static constexpr std::chrono::nanoseconds when_all_ring = std::chrono::milliseconds(50);

  private:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::uint32_t full_effort = 16;

    void learn() noexcept;

    Bell& bell_;
    std::uint32_t effort_ = full_effort;  // sixteenths of the longest time to poll before the first sleep
    std::uint32_t looks_ = 0;
    Time yields_until_;
    Time first_sleep_;   // when it began, since the last reset
    bool rung_ = false;  // since then, and no event has followed yet
    std::chrono::nanoseconds pause_{};
};

/// Lets this thread's short sleeps end on time (the kernel adds up to 50 microseconds otherwise).
void sleep_precisely() noexcept;

}  // namespace hecaton::detail

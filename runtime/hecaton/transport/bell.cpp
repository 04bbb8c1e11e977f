#include <linux/futex.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <hecaton/transport/bell.hpp>

namespace hecaton::detail {
namespace {

static_assert(sizeof(Bell::Word) == sizeof(std::uint32_t) && Bell::Word::is_always_lock_free,
              "a futex is a plain 32-bit word");

using Clock = std::chrono::steady_clock;

constexpr std::uint32_t longest_spins = 200;
constexpr std::chrono::microseconds longest_yields{100};
constexpr std::chrono::microseconds soon{1000};  // an event within this time of the first sleep was worth more polls
constexpr std::chrono::microseconds last_looks_for{10};

long futex(Bell::Word& word, int operation, bool shared, std::uint32_t value, const timespec* timeout) noexcept {
    return ::syscall(SYS_futex, &word, shared ? operation : operation | FUTEX_PRIVATE_FLAG, value, timeout, nullptr, 0);
}

}  // namespace

void Bell::ring(Word& word, bool shared) noexcept {
    // Either this thread reads the sleeper's 0, or the sleeper, which polls once more after it has written the 0, sees
    // what this thread did before the ring. The other fence is in arm().
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (word.load(std::memory_order_relaxed) != 0) return;
    if (word.exchange(1, std::memory_order_release) == 0) futex(word, FUTEX_WAKE, shared, INT_MAX, nullptr);
}

bool Bell::arm() noexcept {
    const bool rung = word_.exchange(0, std::memory_order_seq_cst) != 0;
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return rung;
}

bool Bell::wait(std::chrono::nanoseconds longest) noexcept {
    const timespec timeout{.tv_sec = static_cast<time_t>(longest.count() / 1'000'000'000),
                           .tv_nsec = static_cast<long>(longest.count() % 1'000'000'000)};
    futex(word_, FUTEX_WAIT, shared_ != nullptr, 0, &timeout);
    return word_.load(std::memory_order_acquire) != 0;
}

void Backoff::learn() noexcept {
    const bool in_vain = first_sleep_ != Time{} && Clock::now() - first_sleep_ > soon;
    effort_ = in_vain ? std::max(effort_ / 2, 1U) : full_effort;
}

bool Backoff::look_again() noexcept {
    const std::uint32_t spins = longest_spins * effort_ / full_effort;
    if (looks_ < spins) {
        ++looks_;
        return true;
    }
    const Clock::time_point now = Clock::now();
    if (looks_ == spins) {
        ++looks_;
        yields_until_ = now + longest_yields * effort_ / full_effort;
    }
    // A yield that takes long shows that other threads need this core.
    if (now >= yields_until_) return false;
    ::sched_yield();
    return true;
}

void Backoff::sleep(std::chrono::nanoseconds longest) noexcept {
    if (first_sleep_ == Time{}) first_sleep_ = Clock::now();
    if (bell_.arm()) {
        yields_until_ = Clock::now() + last_looks_for;
        return;
    }
    if (longest <= between_polls) {
        pause_ = std::min(pause_ + pause_ / 4 + std::chrono::microseconds(20), longest);
    } else if (rung_) {
        pause_ = std::clamp(2 * pause_, between_polls, longest);
    } else {
        pause_ = longest;
    }
    if (!bell_.wait(pause_)) return;
    rung_ = true;
    looks_ = longest_spins + 1;  // MPI may show the message a moment after its ring
    yields_until_ = Clock::now() + longest_yields;
    pause_ = {};
}

void sleep_precisely() noexcept { ::prctl(PR_SET_TIMERSLACK, 1'000UL, 0UL, 0UL, 0UL); }

}  // namespace hecaton::detail

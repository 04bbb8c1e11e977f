#include <linux/futex.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <hecaton/transport/bell.hpp>

namespace hecaton::detail {

static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t), "a futex is a plain 32-bit word");

void Bell::ring() noexcept {
    // The word is 1 from a ring to the sleep that it ends; the system call is needed once in between.
    if (rung_.exchange(1, std::memory_order_release) == 0)
        ::syscall(SYS_futex, &rung_, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

void Bell::sleep(std::chrono::nanoseconds longest) noexcept {
    if (rung_.exchange(0, std::memory_order_acquire) != 0) return;
    const timespec timeout{.tv_sec = static_cast<time_t>(longest.count() / 1'000'000'000),
                           .tv_nsec = static_cast<long>(longest.count() % 1'000'000'000)};
    ::syscall(SYS_futex, &rung_, FUTEX_WAIT_PRIVATE, 0, &timeout, nullptr, 0);
    rung_.exchange(0, std::memory_order_acquire);
}

void Backoff::wait(std::chrono::nanoseconds longest) noexcept {
    if (looks_ < spins + yields) {
        if (++looks_ > spins) ::sched_yield();
        return;
    }
    looks_ = spins + yields + 1;
    pause_ = std::min<std::chrono::nanoseconds>(pause_ + pause_ / 4 + std::chrono::microseconds(20), longest);
    bell_.sleep(pause_);
}

void sleep_precisely() noexcept { ::prctl(PR_SET_TIMERSLACK, 1'000UL, 0UL, 0UL, 0UL); }

}  // namespace hecaton::detail

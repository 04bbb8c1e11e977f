#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <hecaton/foundation/compute_clock.hpp>
#include <optional>
#include <utility>

namespace hecaton::detail {
namespace {

// The file has three numbers: ns on a core, ns waiting for one, and how often it got one. A kernel that does not count
// them shows zeros.
std::optional<std::int64_t> read_wait(int file) noexcept {
    char text[96];
    const ssize_t size = ::pread(file, text, sizeof text - 1, 0);
    if (size <= 0) return {};
    text[size] = '\0';
    char* at = text;
    std::strtoll(at, &at, 10);
    const std::int64_t wait = std::strtoll(at, &at, 10);
    const std::int64_t times = std::strtoll(at, &at, 10);
    if (times == 0) return {};
    return wait;
}

}  // namespace

ComputeClock::ComputeClock(const char* file) : file_(::open(file, O_RDONLY | O_CLOEXEC)) {
    if (file_ && !read_wait(file_.get())) file_ = Descriptor();
}

std::int64_t ComputeClock::begin_anew(std::int64_t now) noexcept {
    if (std::exchange(asked_late_, false)) now = steady_ns();
    if (now - ended_ <= long_gap) return now;
    wait_ = total_wait(now);  // the thread was idle: its waits meanwhile are nobody's
    gaps_ = 0;
    return ended_ = asked_ = steady_ns();
}

// How much of the interval that ends now, and was so long.
std::int64_t ComputeClock::waited(std::int64_t now, std::int64_t took) noexcept {
    // A wait may also fall between two intervals, where a message wakes another thread of this core, say. Such a gap is
    // as long as the wait in it, and without one it is short.
    const std::int64_t before = std::exchange(wait_, total_wait(now));
    const std::int64_t gaps = std::exchange(gaps_, 0);
    asked_ = now;
    asked_late_ = true;
    return std::clamp<std::int64_t>(wait_ - before - gaps, 0, std::max<std::int64_t>(took, 0));
}

std::int64_t ComputeClock::total_wait(std::int64_t now) noexcept {
    if (!file_) return guessed_wait(now);
    return read_wait(file_.get()).value_or(wait_);
}

// Where the kernel counts no waits: a thread from which the system has taken its core has waited for one all the time
// that it did not run. When it has also slept meanwhile, that counts as waiting.
std::int64_t ComputeClock::guessed_wait(std::int64_t now) noexcept {
    rusage usage{};
    timespec time{};
    if (::getrusage(RUSAGE_THREAD, &usage) != 0 || ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) != 0) return guess_;
    const std::int64_t processor_time = time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
    const std::int64_t away = (now - guessed_) - (processor_time - processor_time_);
    if (usage.ru_nivcsw != switches_) guess_ += std::max<std::int64_t>(away, 0);
    guessed_ = now;
    processor_time_ = processor_time;
    switches_ = usage.ru_nivcsw;
    return guess_;
}

}  // namespace hecaton::detail

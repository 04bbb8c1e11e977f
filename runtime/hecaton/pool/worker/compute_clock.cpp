#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <hecaton/pool/worker/compute_clock.hpp>

namespace hecaton::detail {

ComputeClock::ComputeClock() : file_(::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)) {}

double ComputeClock::waited(std::chrono::nanoseconds now) noexcept {
    if (!file_ || now - asked_ < std::chrono::milliseconds(1)) return 0;
    asked_ = now;
    const std::int64_t before = wait_;
    wait_ = total_wait();
    const bool worth = known_;
    known_ = true;
    return worth ? static_cast<double>(wait_ - before) * 1e-9 : 0;
}

// The file has three numbers: ns on a core, ns waiting for one, and how often.
std::int64_t ComputeClock::total_wait() const noexcept {
    char text[96];
    const ssize_t size = ::pread(file_.get(), text, sizeof text - 1, 0);
    if (size <= 0) return wait_;
    text[size] = '\0';
    const char* second = std::strchr(text, ' ');
    return second != nullptr ? std::strtoll(second, nullptr, 10) : wait_;
}

}  // namespace hecaton::detail

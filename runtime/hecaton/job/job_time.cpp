#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <hecaton/job/job_time.hpp>
#include <limits>

namespace hecaton::detail {
namespace {

constinit ToldTime own_time;  // by the environment, or by a signal
constinit std::atomic<ToldTime*> launchers_time{nullptr};

void take_warning(int /*signal*/) {
    ToldTime* const told = launchers_time.load();
    if (told != nullptr && told->ends_at.load() != 0) {
        own_time.winding_up.store(1);
    } else {
        own_time.wind_up();
    }
}

}  // namespace

void ToldTime::wind_up() noexcept {
    std::int64_t not_told = 0;
    const Deadline end = Deadline::clock::now() + after_warning;
    ends_at.compare_exchange_strong(not_told, end.time_since_epoch() / std::chrono::nanoseconds(1));
    winding_up.store(1);
}

JobTime job_time() noexcept {
    const ToldTime* const told = launchers_time.load(std::memory_order_relaxed);
    std::int64_t end = told != nullptr ? told->ends_at.load(std::memory_order_relaxed) : 0;
    if (end == 0) end = own_time.ends_at.load(std::memory_order_relaxed);
    const bool winding_up = own_time.winding_up.load(std::memory_order_relaxed) != 0 ||
                            (told != nullptr && told->winding_up.load(std::memory_order_relaxed) != 0);
    return {.end = end != 0 ? Deadline(std::chrono::nanoseconds(end)) : no_deadline, .winding_up = winding_up};
}

double seconds_left() noexcept {
    const Deadline end = job_time().end;
    if (end == no_deadline) return std::numeric_limits<double>::infinity();
    return std::max(0.0, std::chrono::duration<double>(end - Deadline::clock::now()).count());
}

void set_job_time(const JobTime& time) noexcept {
    own_time.end_at(time.end);
    own_time.winding_up.store(time.winding_up ? 1 : 0);
}

void heed(ToldTime& told) noexcept {
    launchers_time.store(&told);
    told.heeding_pid.store(::getpid());
}

void heed_warnings() noexcept {
    struct sigaction now {};
    if (::sigaction(SIGUSR2, nullptr, &now) != 0 || now.sa_handler != SIG_DFL) return;
    struct sigaction action {};
    action.sa_handler = &take_warning;
    action.sa_flags = SA_RESTART;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGUSR2, &action, nullptr);
}

}  // namespace hecaton::detail

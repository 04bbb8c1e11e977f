#include <hecaton/pool/caller/watchdog.hpp>
#include <hecaton/transport/bell.hpp>
#include <utility>

namespace hecaton::detail {

Watchdog::~Watchdog() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Watchdog::watch(std::chrono::nanoseconds time, std::function<bool()> bark) {
    {
        const std::lock_guard lock(mutex_);
        time_ = time;
        due_ = Clock::now() + time;
        bark_ = std::move(bark);
        if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    }
    changed_.notify_all();
}

void Watchdog::calm() noexcept {
    const std::lock_guard lock(mutex_);
    bark_ = nullptr;
}

void Watchdog::run() {
    sleep_precisely();
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (!bark_) {
            changed_.wait(lock);
        } else if (Clock::now() < due_) {
            changed_.wait_until(lock, due_);
        } else {
            if (!bark_()) bark_ = nullptr;
            due_ = Clock::now() + time_;
        }
    }
}

}  // namespace hecaton::detail

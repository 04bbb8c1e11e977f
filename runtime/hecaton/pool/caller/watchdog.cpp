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
        state_.store(State::watching);  // last: where there can be no thread, nothing is watched
    }
    changed_.notify_all();
}

// A thread that was put off its core may hold the mutex: who calms waits only for a bark.
void Watchdog::calm() noexcept {
    for (State watching = State::watching; !state_.compare_exchange_weak(watching, State::calm);
         watching = State::watching) {
        if (watching == State::calm) return;
        if (watching == State::barking) std::this_thread::yield();
    }
}

void Watchdog::run() {
    sleep_precisely();
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (state_.load() == State::calm) {
            changed_.wait(lock);
        } else if (Clock::now() < due_) {
            changed_.wait_until(lock, due_);
        } else {
            bark();
        }
    }
}

void Watchdog::bark() {
    if (State watching = State::watching; !state_.compare_exchange_strong(watching, State::barking)) return;
    const bool again = bark_();
    due_ = Clock::now() + time_;
    state_.store(again ? State::watching : State::calm);
}

}  // namespace hecaton::detail

// Watchdog: does something for a thread that may be away for long.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

namespace hecaton::detail {

/// One watch at a time. Its thread is made for the first one.
class Watchdog {
  public:
    Watchdog() = default;
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    /// Calls `bark` on its own thread when so much time has passed, unless calm() comes first; again after the same
    /// time while it returns true. It throws nothing. Throws
    /// std::system_error where there can be no thread.
    void watch(std::chrono::nanoseconds time, std::function<bool()> bark);
    /// Waits for a bark that has begun, and for nothing else.
    void calm() noexcept;

  private:
    using Clock = std::chrono::steady_clock;
    enum class State : std::uint8_t { calm, watching, barking };
    void run();
    void bark();

    std::atomic<State> state_{State::calm};
    std::mutex mutex_;  // guards what follows
    std::condition_variable changed_;
    std::function<bool()> bark_;  // of the last watch
    std::chrono::nanoseconds time_{};
    Clock::time_point due_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace hecaton::detail

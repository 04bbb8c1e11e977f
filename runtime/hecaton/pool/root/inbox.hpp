// Inbox: what other threads want the driving thread to do.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace hecaton::detail {

class Inbox {
  public:
    /// Any thread. Commands are carried out in the order of these calls.
    void post(std::function<void()> command) {
        const std::lock_guard lock(mutex_);
        commands_.push_back(std::move(command));
        filled_.store(true, std::memory_order_release);
    }
    /// Carries out what has come. Returns whether there was anything; costs a look otherwise.
    bool carry_out() {
        if (!filled_.load(std::memory_order_acquire)) return false;
        std::vector<std::function<void()>> commands;
        {
            const std::lock_guard lock(mutex_);
            commands.swap(commands_);
            filled_.store(false, std::memory_order_relaxed);
        }
        for (const auto& command : commands) command();
        return true;
    }

  private:
    std::mutex mutex_;
    std::vector<std::function<void()>> commands_;
    std::atomic<bool> filled_{false};
};

}  // namespace hecaton::detail

// Inbox: what other threads want the driving thread to do.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>

namespace hecaton::detail {

/// Something to do. It is made before anything is changed, so that the post itself cannot fail.
class Command {
  public:
    virtual ~Command() = default;
    virtual void carry_out() = 0;

  private:
    friend class Inbox;
    std::unique_ptr<Command> next_;
};

template <class F>
std::unique_ptr<Command> make_command(F&& f) {
    using Function = std::decay_t<F>;
    class Made final : public Command {
      public:
        explicit Made(F&& function) : function_(std::forward<F>(function)) {}
        void carry_out() override { function_(); }

      private:
        Function function_;
    };
    return std::make_unique<Made>(std::forward<F>(f));
}

class Inbox {
  public:
    Inbox() = default;
    ~Inbox() {  // one by one: each owns the next
        while (due_ != nullptr) due_ = std::move(due_->next_);
        while (first_ != nullptr) first_ = std::move(first_->next_);
    }
    Inbox(const Inbox&) = delete;
    Inbox& operator=(const Inbox&) = delete;

    /// Any thread. Commands are carried out in the order of these calls.
    void post(std::unique_ptr<Command> command) noexcept {
        const std::lock_guard lock(mutex_);
        Command* const last = command.get();
        (first_ == nullptr ? first_ : last_->next_) = std::move(command);
        last_ = last;
        filled_.store(true, std::memory_order_release);
    }
    /// Whether something has come. Any thread.
    bool filled() const noexcept { return filled_.load(std::memory_order_acquire); }
    /// Carries out what has come. Returns whether there was anything; costs a look otherwise. When a command throws,
    /// those behind it wait for the next call.
    bool carry_out() {
        if (due_ == nullptr) {
            if (!filled_.load(std::memory_order_acquire)) return false;
            const std::lock_guard lock(mutex_);
            due_ = std::move(first_);
            filled_.store(false, std::memory_order_relaxed);
        }
        while (due_ != nullptr) {
            const std::unique_ptr<Command> command = std::move(due_);
            due_ = std::move(command->next_);
            command->carry_out();
        }
        return true;
    }

  private:
    std::mutex mutex_;
    std::unique_ptr<Command> first_;
    Command* last_ = nullptr;  // of those from first_ on
    std::atomic<bool> filled_{false};
    std::unique_ptr<Command> due_;  // of the driving thread: what it has taken and not carried out
};

}  // namespace hecaton::detail

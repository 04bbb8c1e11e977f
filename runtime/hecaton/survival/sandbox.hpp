// Sandbox: the rank's end of a process that runs items for it and may die of them.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <hecaton/foundation/buffer.hpp>
#include <hecaton/foundation/descriptor.hpp>
#include <hecaton/survival/sandbox_wire.hpp>
#include <hecaton/survival/zygote_replies.hpp>
#include <optional>
#include <span>
#include <string>

namespace hecaton::detail {

/// Wakes the thread that waits for a sandbox. That thread waits for a socket too, so it cannot sleep on a Bell.
class SandboxAlarm {
  public:
    SandboxAlarm() noexcept;
    /// Any thread.
    void ring() noexcept;
    void clear() noexcept;
    /// -1 when the system had none left; then no sandbox can be made.
    int descriptor() const noexcept { return descriptor_.get(); }

  private:
    Descriptor descriptor_;
};

/// One thread at a time.
class Sandbox {
  public:
    using Clock = std::chrono::steady_clock;
    using Deadline = std::optional<Clock::time_point>;

    /// Asks the zygote for one. `alarm` outlives it. Throws ProcessError when the zygote was killed, and
    /// std::system_error.
    Sandbox(ZygoteReplies& replies, SandboxAlarm& alarm, const SandboxStart& start);
    /// Ends it, in order when it is idle.
    ~Sandbox();
    Sandbox(const Sandbox&) = delete;
    Sandbox& operator=(const Sandbox&) = delete;

    /// Waits until the sandbox has taken in nearly all of it; gives up when the sandbox has ended.
    void send(const ToSandbox& message, std::span<const std::byte> bytes = {});

    struct Message {
        FromSandbox head;
        std::span<const std::byte> value;  ///< valid until next() is called again
        std::span<const std::byte> error;
    };
    enum class Event {
        message,
        ended,  ///< the sandbox has ended, and all that it has sent was given out
        late,   ///< nothing came before the deadline
        alarm,  ///< the alarm has rung
    };
    /// Waits for the next event; without a deadline as long as it takes. After `ended` its status() can be asked.
    Event next(Message& message, Deadline deadline = {});

    /// Kills it and what it has started. next() gives what it had sent, and then `ended`.
    void kill();
    /// Its wait status. Throws ProcessError when it could not be forked.
    int status() const;

  private:
    bool take(Message& message);
    bool receive();
    Event wait(short what, Deadline deadline);

    ZygoteReplies& replies_;
    SandboxAlarm& alarm_;
    Descriptor socket_;
    std::uint64_t number_ = 0;
    Buffer received_;
    std::size_t taken_ = 0;  // of received_

    // What the zygote has said of its end.
    enum class End : std::uint8_t { none, failed, ended };
    std::atomic<End> end_{End::none};
    std::int32_t end_value_ = 0;
};

/// A wait status in words: "killed by SIGSEGV (Segmentation fault)", "exited with status 3".
std::string end_in_words(int status);

}  // namespace hecaton::detail

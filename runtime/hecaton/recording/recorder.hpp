// Recorder: the lines of a recording on their way to its file.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <hecaton/foundation/descriptor.hpp>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace hecaton::detail::recording {

/// A thread of its own writes: 64 KiB at a time, and what there is once a second. Any thread may call the functions.
class Recorder {
  public:
    /// Keeps lines in memory, for take().
    Recorder() = default;
    /// `name` is the file's, for messages. `more` is asked for further lines before each write; `failed` is called when
    /// the file takes no more, or would have more than `most_bytes`, which was then said in a line.
    Recorder(Descriptor file, std::string name, std::function<void(std::string&)> more, std::function<void()> failed,
             std::uint64_t most_bytes = std::uint64_t{2} << 30U);
    /// Writes what there is.
    ~Recorder();
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    /// Whole lines. Where they cannot be kept, they are left out and counted.
    void add(std::string_view lines) noexcept;
    /// A call has ended: what there is may be written now.
    void flush_soon() noexcept;
    /// Writes all, and closes the file. Returns whether all of it could be written.
    bool finish() noexcept;
    /// Of a recorder without a file: all lines, and how many calls of add() had no room.
    std::string take() noexcept;
    std::uint64_t dropped() noexcept;

  private:
    static constexpr std::size_t usual_write = 64 * 1024;
    static constexpr std::size_t most_waiting = 64 * 1024 * 1024;

    void run();
    void write(std::unique_lock<std::mutex>& lock);
    void write_out(std::string_view text) noexcept;
    void give_up(const char* why) noexcept;

    Descriptor file_;
    const std::string name_;
    const std::function<void(std::string&)> more_;
    const std::function<void()> failed_;
    std::uint64_t room_ = 0;  // bytes that may still be written; whoever writes reads it

    std::mutex mutex_;  // guards what follows
    std::condition_variable changed_;
    std::string lines_;
    std::uint64_t dropped_ = 0;
    bool wanted_ = false;
    bool stopping_ = false;
    bool broken_ = false;
    std::thread thread_;
};

}  // namespace hecaton::detail::recording

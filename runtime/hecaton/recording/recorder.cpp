#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <hecaton/foundation/log.hpp>
#include <hecaton/recording/recorder.hpp>
#include <system_error>
#include <utility>

namespace hecaton::detail::recording {
namespace {

constexpr std::chrono::seconds between_writes{1};
constexpr std::chrono::milliseconds between_flushes{50};

// Signals are for the program's own threads.
std::thread without_signals(std::function<void()> run) {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread made;
    try {
        made = std::thread(std::move(run));
    } catch (const std::system_error&) {  // then finish() writes, and add() where there is much
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return made;
}

}  // namespace

Recorder::Recorder(Descriptor file, std::string name, std::function<void(std::string&)> more,
                   std::function<void()> failed, std::uint64_t most_bytes)
    : file_(std::move(file)),
      name_(std::move(name)),
      more_(std::move(more)),
      failed_(std::move(failed)),
      room_(most_bytes),
      thread_(without_signals([this] { run(); })) {}

Recorder::~Recorder() { finish(); }

void Recorder::add(std::string_view lines) noexcept {
    std::unique_lock lock(mutex_);
    if (broken_) return;
    try {
        if (lines_.size() + lines.size() > most_waiting) {
            ++dropped_;
            return;
        }
        lines_ += lines;
    } catch (const std::bad_alloc&) {
        ++dropped_;
        return;
    }
    if (!file_ || lines_.size() < usual_write) return;
    if (thread_.joinable()) {
        lock.unlock();
        changed_.notify_one();
    } else if (!stopping_) {
        write(lock);
    }
}

void Recorder::flush_soon() noexcept {
    {
        const std::lock_guard lock(mutex_);
        if (wanted_) return;
        wanted_ = true;
    }
    changed_.notify_one();
}

// On the recorder's thread.
void Recorder::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        changed_.wait_for(lock, between_writes,
                          [this] { return stopping_ || wanted_ || (!broken_ && lines_.size() >= usual_write); });
        if (std::exchange(wanted_, false) && !stopping_)  // several calls that end together are written together
            changed_.wait_for(lock, between_flushes, [this] { return stopping_; });
        wanted_ = false;
        write(lock);
    }
}

// What is added meanwhile waits.
void Recorder::write(std::unique_lock<std::mutex>& lock) {
    std::string out = std::exchange(lines_, {});
    lock.unlock();
    try {
        if (more_) more_(out);
    } catch (const std::bad_alloc&) {  // they are lost
    }
    write_out(out);
    lock.lock();
}

void Recorder::write_out(std::string_view text) noexcept {
    if (text.size() > room_) return give_up("it is as large as a recording may be");
    room_ -= text.size();
    while (!text.empty()) {
        const ssize_t written = ::write(file_.get(), text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return give_up(std::strerror(written < 0 ? errno : EIO));
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

void Recorder::give_up(const char* why) noexcept {
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(broken_, true)) return;
        lines_ = {};
    }
    try {
        log::line(fmt::format("{}: {}: nothing more is recorded of this run, which goes on", name_, why));
    } catch (const std::bad_alloc&) {
        log::line("the recording cannot be written: nothing more is recorded of this run, which goes on");
    }
    if (failed_) failed_();
}

bool Recorder::finish() noexcept {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
    std::unique_lock lock(mutex_);
    if (!file_) return true;
    if (!broken_) write(lock);
    file_.reset();
    return !broken_;
}

std::string Recorder::take() noexcept {
    const std::lock_guard lock(mutex_);
    return std::exchange(lines_, {});
}

std::uint64_t Recorder::dropped() noexcept {
    const std::lock_guard lock(mutex_);
    return std::exchange(dropped_, 0);
}

}  // namespace hecaton::detail::recording

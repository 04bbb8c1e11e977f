#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <hecaton/foundation/error.hpp>
#include <hecaton/survival/sandbox.hpp>
#include <hecaton/survival/zygote_wire.hpp>
#include <system_error>
#include <utility>

namespace hecaton::detail {
namespace {

constexpr std::size_t read_at_once = 64 * 1024;

std::system_error failure(const char* call) { return {errno, std::generic_category(), call}; }

}  // namespace

SandboxAlarm::SandboxAlarm() noexcept : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void SandboxAlarm::ring() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(descriptor_.get(), &one, sizeof one);
}

void SandboxAlarm::clear() noexcept {
    std::uint64_t rings = 0;
    [[maybe_unused]] const ssize_t got = ::read(descriptor_.get(), &rings, sizeof rings);
}

Sandbox::Sandbox(ZygoteReplies& replies, SandboxAlarm& alarm, const SandboxStart& start)
    : replies_(replies), alarm_(alarm) {
    if (alarm.descriptor() < 0) throw std::system_error(EMFILE, std::generic_category(), "eventfd");
    auto sockets = make_socket_pair();
    socket_ = std::move(sockets.ours);
    number_ = replies_.add([this](const Zygote::Reply& reply) {
        if (reply.what == Zygote::Reply::What::started) return;
        end_value_ = reply.value;
        end_.store(reply.what == Zygote::Reply::What::failed ? End::failed : End::ended, std::memory_order_release);
        alarm_.ring();
    });
    if (number_ == 0)
        throw ProcessError("no sandbox can be started: the zygote of this rank, which forks them, was killed");
    replies_.zygote().start_sandbox(number_, sockets.theirs.get(), start);
}

Sandbox::~Sandbox() { replies_.remove(number_); }

// Waits until the socket is ready for `what` (then `message`; with 0 it does not wait for the socket), or until another
// event comes.
Sandbox::Event Sandbox::wait(short what, Deadline deadline) {
    for (;;) {
        timespec left{};
        if (deadline) {
            const auto time = std::max<std::chrono::nanoseconds>(*deadline - Clock::now(), {});
            left = {.tv_sec = static_cast<time_t>(time.count() / 1'000'000'000),
                    .tv_nsec = static_cast<long>(time.count() % 1'000'000'000)};
        }
        pollfd wait[] = {{what != 0 ? socket_.get() : -1, what, 0}, {alarm_.descriptor(), POLLIN, 0}};
        const int ready = ::ppoll(wait, 2, deadline ? &left : nullptr, nullptr);
        if (ready < 0 && errno == EINTR) continue;
        if (ready < 0) throw failure("ppoll");
        if (wait[0].revents != 0) return Event::message;
        if (ready == 0) return Event::late;
        alarm_.clear();
        return end_.load(std::memory_order_acquire) == End::none ? Event::alarm : Event::ended;
    }
}

void Sandbox::send(const ToSandbox& message, std::span<const std::byte> bytes) {
    bool rung = false;
    for (std::span<const std::byte> part : {std::as_bytes(std::span(&message, 1)), bytes}) {
        while (!part.empty()) {
            const ssize_t sent = ::send(socket_.get(), part.data(), part.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent >= 0) {
                part = part.subspan(static_cast<std::size_t>(sent));
            } else if (errno == EAGAIN) {
                const Event event = wait(POLLOUT, {});
                if (event == Event::ended) return alarm_.ring();
                rung = rung || event == Event::alarm;
            } else if (errno != EINTR) {
                return;  // it has ended; next() finds out
            }
        }
    }
    if (rung) alarm_.ring();  // for next(), which is to return the event
}

// The next message of those that were received.
bool Sandbox::take(Message& message) {
    const auto left = received_.bytes().subspan(taken_);
    if (left.size() < sizeof message.head) return false;
    std::memcpy(&message.head, left.data(), sizeof message.head);
    const std::size_t size = sizeof message.head + message.head.value_bytes + message.head.error_bytes;
    if (left.size() < size) {
        received_.reserve(taken_ + size);
        return false;
    }
    message.value = left.subspan(sizeof message.head, message.head.value_bytes);
    message.error = left.subspan(sizeof message.head + message.head.value_bytes, message.head.error_bytes);
    taken_ += size;
    return true;
}

// Receives the bytes that are there. False at the end of the socket.
bool Sandbox::receive() {
    const std::size_t left = received_.size() - taken_;
    if (taken_ != 0) std::memmove(received_.data(), received_.data() + taken_, left);
    taken_ = 0;
    received_.shrink_to(left);
    const std::size_t room = std::max(read_at_once, received_.capacity() - left);
    std::byte* const to = received_.grow_by(room);
    const ssize_t got = ::recv(socket_.get(), to, room, MSG_DONTWAIT);
    const bool nothing_yet = got < 0 && (errno == EAGAIN || errno == EINTR);
    received_.shrink_to(left + (got > 0 ? static_cast<std::size_t>(got) : 0));
    return got > 0 || nothing_yet;
}

Sandbox::Event Sandbox::next(Message& message, Deadline deadline) {
    for (;;) {
        if (take(message)) return Event::message;
        // Once its end is known, all that it has sent is there. A child of it may hold the socket open.
        const bool over = end_.load(std::memory_order_acquire) != End::none;
        const std::size_t before = received_.size() - taken_;
        const bool open = receive();
        if (received_.size() != before) continue;
        if (over) return Event::ended;
        // The end of the socket comes before that of the process; the zygote tells about the latter.
        const Event event = open ? wait(POLLIN, deadline) : wait(0, {});
        if (event == Event::late || event == Event::alarm) return event;
    }
}

void Sandbox::kill() { replies_.zygote().signal(number_, SIGKILL); }

int Sandbox::status() const {
    if (end_.load(std::memory_order_acquire) == End::failed)
        throw ProcessError(
            fmt::format("a sandbox could not be forked: {}", std::generic_category().message(end_value_)));
    return end_value_;
}

std::string end_in_words(int status) {
    if (WIFEXITED(status)) return fmt::format("exited with status {}", WEXITSTATUS(status));
    const int signo = WTERMSIG(status);
    if (signo == SIGKILL) return "killed by SIGKILL, perhaps by the out-of-memory killer";
    const char* const name = ::sigabbrev_np(signo);
    if (name == nullptr) return fmt::format("killed by signal {}", signo);
    return fmt::format("killed by SIG{} ({}){}", name, ::sigdescr_np(signo),
                       (status & full_stack_bit) != 0 ? ": its stack was full" : "");
}

}  // namespace hecaton::detail

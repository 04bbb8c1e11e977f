// The rank's side.
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <hecaton/foundation/log.hpp>
#include <hecaton/survival/zygote.hpp>
#include <hecaton/survival/zygote_wire.hpp>
#include <string>
#include <system_error>

namespace hecaton::detail {

bool send_all(int socket, const void* data, std::size_t size) noexcept {
    for (const char* from = static_cast<const char*>(data); size > 0;) {
        const ssize_t sent = ::send(socket, from, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        from += sent;
        size -= static_cast<std::size_t>(sent);
    }
    return true;
}

bool receive_all(int socket, void* data, std::size_t size) noexcept {
    for (char* to = static_cast<char*>(data); size > 0;) {
        const ssize_t got = ::recv(socket, to, size, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        to += got;
        size -= static_cast<std::size_t>(got);
    }
    return true;
}

Zygote::Zygote() {
    int sockets[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
        throw std::system_error(errno, std::generic_category(), "socketpair");
    std::fflush(nullptr);  // or it would be written by each process again
    // Blocked in the zygote from its first moment: what is meant for the rank, a Ctrl-C say, must not end it.
    sigset_t all;
    sigset_t mask;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &mask);
    const pid_t rank = ::getpid();
    // The death signal comes when the forking thread ends. Another than the main thread may end before the rank does.
    const bool on_main_thread = ::gettid() == rank;
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::close(sockets[0]);
        if (on_main_thread) ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != rank) ::_exit(0);
        live_as_zygote(sockets[1], mask);
    }
    const int error = errno;
    ::pthread_sigmask(SIG_SETMASK, &mask, nullptr);
    ::close(sockets[1]);
    if (pid < 0) {
        ::close(sockets[0]);
        throw std::system_error(error, std::generic_category(), "fork");
    }
    socket_ = sockets[0];
    pid_ = pid;
    rank_pid_ = rank;
}

Zygote::~Zygote() {
    close();
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    ::close(socket_);
}

void Zygote::close() noexcept { ::shutdown(socket_, SHUT_WR); }

bool Zygote::start(std::uint64_t id, int rank, int size, std::string_view name, std::span<const std::byte> task) {
    const ZygoteRequest request{.what = ZygoteRequest::What::start,
                                .id = id,
                                .rank = rank,
                                .size = size,
                                .name_bytes = name.size(),
                                .task_bytes = task.size()};
    const std::lock_guard lock(sending_);
    return send_all(socket_, &request, sizeof request) && send_all(socket_, name.data(), name.size()) &&
           send_all(socket_, task.data(), task.size());
}

void Zygote::signal(std::uint64_t id, int signo) {
    const ZygoteRequest request{.what = ZygoteRequest::What::signal, .signo = signo, .id = id};
    const std::lock_guard lock(sending_);
    send_all(socket_, &request, sizeof request);  // when it is gone, so is the process
}

std::optional<Zygote::Reply> Zygote::next_reply() {
    Reply reply;
    if (!receive_all(socket_, &reply, sizeof reply)) return {};
    return reply;
}

// ---- this rank's ----

namespace {
Zygote* zygote_of_this_rank = nullptr;
}

void make_zygote() noexcept {
    if (zygote_of_this_rank != nullptr) return;
    try {
        zygote_of_this_rank = new Zygote;
    } catch (const std::exception& error) {
        log::line(std::string("no hecaton::Process can be started on this rank: ") + error.what());
    }
}

Zygote* the_zygote() noexcept { return zygote_of_this_rank; }

// The object stays: a thread may still be waiting for its replies.
void end_zygote() noexcept {
    // A child that the rank has forked has this handler and the socket too.
    if (zygote_of_this_rank == nullptr || zygote_of_this_rank->rank_pid() != ::getpid()) return;
    zygote_of_this_rank->close();
    while (::waitpid(zygote_of_this_rank->pid(), nullptr, 0) < 0 && errno == EINTR) {
    }
}

}  // namespace hecaton::detail

// The zygote as its rank sees it, and their messages.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <hecaton/foundation/log.hpp>
#include <hecaton/survival/sandbox_wire.hpp>
#include <hecaton/survival/zygote.hpp>
#include <hecaton/survival/zygote_wire.hpp>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

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

bool send_with_descriptor(int socket, const ZygoteRequest& request, int passed) noexcept {
    iovec part{const_cast<ZygoteRequest*>(&request), sizeof request};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof passed)]{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof passed);
    std::memcpy(CMSG_DATA(header), &passed, sizeof passed);
    ssize_t sent = 0;
    while ((sent = ::sendmsg(socket, &message, MSG_NOSIGNAL)) < 0 && errno == EINTR) {
    }
    if (sent <= 0) return false;
    const auto begun = static_cast<std::size_t>(sent);
    return send_all(socket, reinterpret_cast<const char*>(&request) + begun, sizeof request - begun);
}

bool receive_with_descriptor(int socket, ZygoteRequest& request, Descriptor& passed) noexcept {
    int number = -1;
    iovec part{&request, sizeof request};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof number)]{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    ssize_t got = 0;
    while ((got = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
    }
    if (got <= 0) return false;
    const cmsghdr* const header = CMSG_FIRSTHDR(&message);
    if (header != nullptr && header->cmsg_type == SCM_RIGHTS) std::memcpy(&number, CMSG_DATA(header), sizeof number);
    passed.reset(number);
    const auto begun = static_cast<std::size_t>(got);
    return receive_all(socket, reinterpret_cast<char*>(&request) + begun, sizeof request - begun);
}

Zygote::Zygote(const std::function<void()>& initializer) {
    auto sockets = make_socket_pair();
    std::fflush(nullptr);  // or each process would write it again
    // Blocked in the zygote from its first moment: a signal that is meant for the rank, such as Ctrl-C, must not end
    // it.
    sigset_t all;
    sigset_t mask;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &mask);
    const pid_t rank = ::getpid();
    // The death signal comes when the forking thread ends. Threads other than the main thread may end before the rank.
    const bool on_main_thread = ::gettid() == rank;
    const pid_t pid = ::fork();
    if (pid == 0) {
        sockets.ours.reset();
        if (on_main_thread) ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != rank) ::_exit(0);
        live_as_zygote(sockets.theirs.get(), mask, initializer);
    }
    const int error = errno;
    ::pthread_sigmask(SIG_SETMASK, &mask, nullptr);
    if (pid < 0) throw std::system_error(error, std::generic_category(), "fork");
    socket_ = std::move(sockets.ours);
    pid_ = pid;
    rank_pid_ = rank;
}

Zygote::~Zygote() {
    close();
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

void Zygote::close() noexcept { ::shutdown(socket_.get(), SHUT_WR); }

bool Zygote::start(std::uint64_t id, int rank, int size, std::string_view name, std::span<const std::byte> task) {
    const ZygoteRequest request{.what = ZygoteRequest::What::start,
                                .id = id,
                                .rank = rank,
                                .size = size,
                                .name_bytes = name.size(),
                                .task_bytes = task.size()};
    const std::lock_guard lock(sending_);
    return send_all(socket_.get(), &request, sizeof request) && send_all(socket_.get(), name.data(), name.size()) &&
           send_all(socket_.get(), task.data(), task.size());
}

bool Zygote::start_sandbox(std::uint64_t id, int socket, const SandboxStart& start) {
    const ZygoteRequest request{
        .what = ZygoteRequest::What::start_sandbox, .id = id, .name_bytes = 0, .task_bytes = sizeof start};
    const std::lock_guard lock(sending_);
    return send_with_descriptor(socket_.get(), request, socket) && send_all(socket_.get(), &start, sizeof start);
}

void Zygote::signal(std::uint64_t id, int signo) {
    const ZygoteRequest request{.what = ZygoteRequest::What::signal, .signo = signo, .id = id};
    const std::lock_guard lock(sending_);
    send_all(socket_.get(), &request, sizeof request);  // when it is gone, so is the process
}

std::optional<Zygote::Reply> Zygote::next_reply() {
    Reply reply;
    if (!receive_all(socket_.get(), &reply, sizeof reply)) return {};
    return reply;
}

// ---- this rank's ----

namespace {

Zygote* zygote_of_this_rank = nullptr;

std::string& reason_for_none() {
    static std::string reason =
        "this program initialised MPI itself, and a process with MPI in it cannot be forked. Start MPI through "
        "hecaton::run or hecaton::Environment";
    return reason;
}

// The names of this process's other threads: "2 threads (logger, pool)"; empty where there are none.
std::string other_threads() {
    std::vector<std::string> names;
    std::error_code problem;  // a thread may end while the list is read
    for (std::filesystem::directory_iterator at("/proc/self/task", problem), end; !problem && at != end;
         at.increment(problem)) {
        if (at->path().filename() == std::to_string(::gettid())) continue;
        std::string name;
        std::ifstream comm(at->path() / "comm");
        std::getline(comm, name);
        names.push_back(std::move(name));
    }
    if (names.empty()) return {};
    return fmt::format("{} thread{} ({})", names.size(), names.size() == 1 ? "" : "s", fmt::join(names, ", "));
}

bool forks_with_threads() {
    const char* const text = std::getenv("HECATON_FORK_WITH_THREADS");
    return text != nullptr && std::string_view(text) == "1";
}

}  // namespace

bool make_zygote(const std::function<void()>& initializer) noexcept {
    if (zygote_of_this_rank != nullptr) return false;
    try {
        if (const std::string threads = forks_with_threads() ? "" : other_threads(); !threads.empty()) {
            reason_for_none() = fmt::format(
                "{} ran already when hecaton::run was called, and a process with threads cannot be forked safely. "
                "Start threads in the body, or set HECATON_FORK_WITH_THREADS=1 where none of them can hold a lock then",
                threads);
            return false;
        }
        zygote_of_this_rank = new Zygote(initializer);
        return true;
    } catch (const std::exception& error) {
        reason_for_none() = fmt::format("the process that starts them could not be made: {}", error.what());
        log::line(std::string("no hecaton::Process and no isolated item can run on this rank: ") + error.what());
        return false;
    }
}

const std::string& why_no_zygote() { return reason_for_none(); }

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

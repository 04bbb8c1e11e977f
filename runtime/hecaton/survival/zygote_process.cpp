// The zygote itself, and the processes that it forks.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <hecaton/foundation/buffer.hpp>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/foundation/stack_watch.hpp>
#include <hecaton/survival/process_task.hpp>
#include <hecaton/survival/sandbox_wire.hpp>
#include <hecaton/survival/zygote.hpp>
#include <hecaton/survival/zygote_wire.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <hecaton/tasks/forked_copy.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <iostream>
#include <new>
#include <string>
#include <unordered_map>

namespace hecaton::detail {
namespace {

using What = Zygote::Reply::What;

bool forked_by_zygote = false;

// As exec does it: handlers belong to the program that installed them; signals that are ignored stay ignored.
void drop_signal_handlers() {
    for (int signo = 1; signo < SIGRTMAX; ++signo) {
        struct sigaction action {};
        if (::sigaction(signo, nullptr, &action) != 0) continue;
        const bool ignored = (action.sa_flags & SA_SIGINFO) == 0 && action.sa_handler == SIG_IGN;
        if (!ignored || signo == SIGCHLD) ::signal(signo, SIG_DFL);
    }
}

// The rank's input is the root's alone.
void leave_standard_input() {
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null <= STDIN_FILENO) return;
    ::dup2(null, STDIN_FILENO);
    ::close(null);
}

class ZygoteLife {
  public:
    ZygoteLife(int socket, const sigset_t& mask, const std::function<void()>& initializer)
        : socket_(socket), mask_(mask), initializer_(initializer), pid_(::getpid()) {
        sigset_t child;
        ::sigemptyset(&child);
        ::sigaddset(&child, SIGCHLD);
        void* const shared =
            ::mmap(nullptr, sizeof(StackNote), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (shared != MAP_FAILED) full_stack_ = new (shared) StackNote(0);
        children_ended_ = ::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    }

    /// Until the rank is gone.
    void serve() {
        for (;;) {
            pollfd wait[] = {{socket_, POLLIN, 0}, {children_ended_, POLLIN, 0}};
            if (::poll(wait, 2, -1) < 0 && errno != EINTR) return;
            if (wait[1].revents != 0 && !reap()) return;
            if (wait[0].revents != 0 && !take_request()) return;
        }
    }
    void kill_all() {
        for (const auto& [pid, child] : children_) signal(pid, child, SIGKILL);
        while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR) {
        }
    }

  private:
    struct Child {
        std::uint64_t id;
        bool sandbox;  ///< it leads a process group of its own
    };

    static void signal(pid_t pid, const Child& child, int signo) { ::kill(child.sandbox ? -pid : pid, signo); }

    bool reply(What what, std::int32_t value, std::uint64_t id) {
        const Zygote::Reply reply{what, value, id};
        return send_all(socket_, &reply, sizeof reply);
    }

    bool reap() {
        signalfd_siginfo ignored{};
        while (::read(children_ended_, &ignored, sizeof ignored) > 0) {
        }
        for (;;) {
            siginfo_t ended{};  // not reaped yet: so the process id, and with it the group's, is still its own
            if (::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid == 0) return true;
            const pid_t pid = ended.si_pid;
            const auto found = children_.find(pid);
            if (found != children_.end() && found->second.sandbox) ::kill(-pid, SIGKILL);  // what it has started
            int status = 0;
            ::waitpid(pid, &status, 0);
            if (full_stack_ != nullptr && full_stack_->load() == pid) status |= full_stack_bit;
            if (found == children_.end()) continue;
            const std::uint64_t id = found->second.id;
            children_.erase(found);
            pids_.erase(id);
            if (!reply(What::ended, status, id)) return false;
        }
    }

    bool take_request() {
        ZygoteRequest request;
        Descriptor passed;
        if (!receive_with_descriptor(socket_, request, passed)) return false;
        if (request.what != ZygoteRequest::What::signal) return start(request, passed.get());
        if (const auto found = pids_.find(request.id); found != pids_.end())
            signal(found->second, children_.at(found->second), request.signo);
        return true;
    }

    bool start(const ZygoteRequest& request, int passed) {
        Buffer bytes;  // the name, then the task
        const std::size_t size = request.name_bytes + request.task_bytes;
        try {
            bytes.grow_by(size);
            children_.reserve(children_.size() + 1);
            pids_.reserve(pids_.size() + 1);
        } catch (const std::bad_alloc&) {
            return skip(size) && reply(What::failed, ENOMEM, request.id);
        }
        if (!receive_all(socket_, bytes.data(), size)) return false;
        const bool sandbox = request.what == ZygoteRequest::What::start_sandbox;
        const pid_t pid = ::fork();
        if (pid == 0) run(request, bytes, passed);
        if (pid < 0) return reply(What::failed, errno, request.id);
        if (sandbox) ::setpgid(pid, pid);  // here too: it may be killed before it does so itself
        children_[pid] = {request.id, sandbox};
        pids_[request.id] = pid;
        return reply(What::started, pid, request.id);
    }

    bool skip(std::size_t size) {
        char waste[4'096];
        for (std::size_t part = 0; size > 0; size -= part) {
            part = std::min(size, sizeof waste);
            if (!receive_all(socket_, waste, part)) return false;
        }
        return true;
    }

    // The child. Signals stay blocked until it is ready to take them itself.
    [[noreturn]] void run(const ZygoteRequest& request, const Buffer& bytes, int passed) noexcept {
        forked_by_zygote = true;
        become_original();
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != pid_) ::_exit(0);
        ::close(socket_);
        ::close(children_ended_);
        if (request.what == ZygoteRequest::What::start_sandbox) ::setpgid(0, 0);
        ::sigprocmask(SIG_SETMASK, &mask_, nullptr);
        if (request.what == ZygoteRequest::What::start_sandbox) {
            watch_for_full_stacks(full_stack_);
            const StackWatch watch;
            SandboxStart start;
            std::memcpy(&start, bytes.data(), sizeof start);
            live_as_sandbox(passed, start, initializer_);
        }
        worker_context = {request.rank, request.size};
        Buffer errors;
        try {
            run_process_task(bytes.bytes().subspan(request.name_bytes), errors);
        } catch (...) {  // it could not even be decoded
            add_current_error(errors, 0);
        }
        flush_output();
        if (errors.empty()) ::_exit(0);
        report(request, {reinterpret_cast<const char*>(bytes.data()), request.name_bytes}, errors);
        ::_exit(1);
    }

    static void report(const ZygoteRequest& request, std::string_view name, const Buffer& errors) {
        Reader reader(errors.bytes());
        const ErrorRecord error = read_error_record(reader);
        log::line(fmt::format("{} (pid {} on rank {}, {}): {}", name, ::getpid(), request.rank, host::name(),
                              type_and_text(error.type_name, error.text)));
    }

    const int socket_;
    const sigset_t mask_;
    const std::function<void()>& initializer_;
    const pid_t pid_;
    int children_ended_ = -1;
    StackNote* full_stack_ = nullptr;  // of sandboxes
    std::unordered_map<pid_t, Child> children_;
    std::unordered_map<std::uint64_t, pid_t> pids_;
};

}  // namespace

bool inside_process() noexcept { return forked_by_zygote; }

void flush_output() noexcept {
    try {
        std::cout.flush();
        std::cerr.flush();
        std::clog.flush();
    } catch (...) {  // a stream that throws: it has lost its output, and nothing can be done about it here
    }
    std::fflush(nullptr);
}

void live_as_zygote(int socket, const sigset_t& mask, const std::function<void()>& initializer) noexcept {
    become_original();
    drop_signal_handlers();
    leave_standard_input();
    // So that the lines of several processes stay whole in a pipe: each line is one write. A buffer that the program
    // has used already would first be filled to its end.
    static std::array<char, BUFSIZ> buffer;
    std::setvbuf(stdout, buffer.data(), _IOLBF, buffer.size());
    ZygoteLife life(socket, mask, initializer);
    life.serve();
    life.kill_all();
    ::_exit(0);
}

}  // namespace hecaton::detail

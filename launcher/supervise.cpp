#include "supervise.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <hecaton/foundation/log.hpp>
#include <system_error>
#include <vector>

#include "cli.hpp"
#include "leftovers.hpp"

namespace hecaton::launcher {
namespace {

constexpr std::array ending{SIGINT, SIGTERM, SIGHUP};
constexpr std::array passed_on{SIGUSR1, SIGUSR2};  // mpirun hands these to the ranks

std::vector<char*> pointers(std::vector<std::string>& strings) {
    std::vector<char*> made;
    for (auto& text : strings) made.push_back(text.data());
    made.push_back(nullptr);
    return made;
}

// The signals that we wait for. One that was ignored when we were started (nohup) stays ignored.
sigset_t waited_for() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGCHLD);
    const auto add = [&](int signal) {
        struct sigaction now {};
        if (::sigaction(signal, nullptr, &now) == 0 && now.sa_handler != SIG_IGN) ::sigaddset(&set, signal);
    };
    for (const int signal : ending) add(signal);
    for (const int signal : passed_on) add(signal);
    return set;
}

// In the child: becomes the command. Ends with us, even if we are killed.
[[noreturn]] void become(const launch::Command& command, char** argv, char** environment, pid_t parent,
                         const sigset_t& mask) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(128 + SIGTERM);  // killed before we could ask for the signal
    ::sigprocmask(SIG_SETMASK, &mask, nullptr);
    if (command.stdin_from_null) {
        const int null = ::open("/dev/null", O_RDONLY);
        ::dup2(null, STDIN_FILENO);
    }
    ::execve(argv[0], argv, environment);
    const int problem = errno;
    log::line(std::string(argv[0]) + " cannot be run: " + std::strerror(problem));
    ::_exit(problem == ENOENT ? not_found : not_executable);
}

// A standard stream that is closed would be taken by the next file that mpirun opens.
void open_closed_streams() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (::fcntl(stream, F_GETFD) < 0 && errno == EBADF) [[maybe_unused]]
            const int opened = ::open("/dev/null", O_RDWR);
}

// What happens to one running command.
class Watch {
  public:
    explicit Watch(pid_t child) : child_(child) {}

    // Waits for the end and returns the exit status.
    int until_the_end(const sigset_t& set) {
        while (!ended()) {
            siginfo_t info{};
            const int signal = ::sigwaitinfo(&set, &info);
            if (signal > 0 && signal != SIGCHLD) handle(signal, info);
        }
        return status();
    }

    // True when it did not end by itself; it may have left something.
    bool ended_hard() const { return signal_ > 0 || WIFSIGNALED(result_); }

  private:
    // Reaps what has ended, orphans that we adopted too.
    bool ended() {
        int result = 0;
        for (pid_t who = 0; (who = ::waitpid(-1, &result, WNOHANG)) > 0;) {
            if (who != child_) continue;
            result_ = result;
            return true;
        }
        return false;
    }

    // From the terminal a signal goes to the whole process group, so the command already has it. `timeout` and shells
    // send to us and to the group: the same signal again at once is no second request. (mpirun, which then got two,
    // leaves its ranks alone; end_children() sees to them.)
    void handle(int signal, const siginfo_t& info) {
        if (signal == SIGUSR1 || signal == SIGUSR2) {
            if (info.si_code != SI_KERNEL) ::kill(child_, signal);
            return;
        }
        const auto now = std::chrono::steady_clock::now();
        if (signal == signal_ && now - asked_ < std::chrono::milliseconds(200)) return;
        const bool first = signal_ == 0;
        if (first) signal_ = signal;
        asked_ = now;
        if (!first)
            ::kill(child_, SIGKILL);
        else if (info.si_code != SI_KERNEL)
            ::kill(child_, signal);
    }

    // mpirun says 1 after it was asked to end, whatever the ranks said.
    int status() const {
        if (WIFSIGNALED(result_)) return 128 + (signal_ > 0 ? signal_ : WTERMSIG(result_));
        const int code = WEXITSTATUS(result_);
        return signal_ > 0 && code != 0 ? 128 + signal_ : code;
    }

    pid_t child_;
    int result_ = 0;
    int signal_ = 0;  // the first that asked us to end
    std::chrono::steady_clock::time_point asked_;
};

}  // namespace

int supervise(const launch::Command& command, const launch::Variables& environment) {
    std::vector<std::string> words = command.argv;
    std::vector<std::string> settings = launch::environment_strings(command, environment);
    auto argv = pointers(words);
    auto envp = pointers(settings);
    open_closed_streams();
    adopt_orphans();

    const sigset_t set = waited_for();
    sigset_t before;
    ::sigprocmask(SIG_BLOCK, &set, &before);
    ::signal(SIGCHLD, SIG_DFL);  // whoever started us may have ignored it, and then no status would be kept
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child < 0) throw std::system_error(errno, std::generic_category(), "no process can be started");
    if (child == 0) become(command, argv.data(), envp.data(), parent, before);

    Watch watch(child);
    const int status = watch.until_the_end(set);
    if (watch.ended_hard()) {
        end_children();
        remove_session(child, environment);
    }
    return status;
}

}  // namespace hecaton::launcher

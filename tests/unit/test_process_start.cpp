// What a process was started with comes back before another program replaces it.
#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <hecaton/launch/process_start.hpp>
#include <support/catch.hpp>

using hecaton::detail::launch::ProcessStart;

namespace {

// In a process of its own: `disturb` changes its state, after which that is restored. True when `as_before` finds it
// so.
bool comes_back(const std::function<void()>& disturb, const std::function<bool()>& as_before) {
    const pid_t child = ::fork();
    if (child == 0) {
        const ProcessStart start;
        if (!as_before()) ::_exit(2);
        disturb();
        if (as_before()) ::_exit(3);  // the test shows nothing
        start.restore();
        ::_exit(as_before() ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    INFO(status);
    CHECK(WIFEXITED(status));
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int cpus() {
    cpu_set_t set;
    return ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : -1;
}

bool armed(__itimer_which timer) {
    itimerval value{};
    ::getitimer(timer, &value);
    return value.it_value.tv_sec != 0 || value.it_value.tv_usec != 0;
}

}  // namespace

TEST_CASE("timers end, also one whose signal waits") {
    const auto arm = [](__itimer_which timer) {
        const itimerval later{.it_interval = {}, .it_value = {.tv_sec = 100, .tv_usec = 0}};
        ::setitimer(timer, &later, nullptr);
    };
    for (const auto timer : {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF})
        CHECK(comes_back([&] { arm(timer); }, [&] { return !armed(timer); }));
    CHECK(comes_back(
        [] {
            sigset_t alarm;
            ::sigemptyset(&alarm);
            ::sigaddset(&alarm, SIGALRM);
            ::sigprocmask(SIG_BLOCK, &alarm, nullptr);
            ::raise(SIGALRM);
        },
        [] {
            sigset_t waiting;
            ::sigpending(&waiting);
            return ::sigismember(&waiting, SIGALRM) == 0;
        }));
}

TEST_CASE("signals are blocked and ignored as before") {
    const auto blocked = [] {
        sigset_t set;
        ::sigprocmask(SIG_SETMASK, nullptr, &set);
        return ::sigismember(&set, SIGUSR1) != 0;
    };
    CHECK(comes_back(
        [] {
            sigset_t all;
            ::sigfillset(&all);
            ::sigprocmask(SIG_SETMASK, &all, nullptr);
        },
        [&] { return !blocked(); }));
    const auto action = [](int signal) {
        struct sigaction found {};
        ::sigaction(signal, nullptr, &found);
        return found.sa_handler;
    };
    CHECK(comes_back([] { ::signal(SIGCHLD, SIG_IGN); }, [&] { return action(SIGCHLD) == SIG_DFL; }));
    ::signal(SIGHUP, SIG_IGN);  // as nohup does
    CHECK(comes_back([] { ::signal(SIGHUP, [](int) {}); }, [&] { return action(SIGHUP) == SIG_IGN; }));
    ::signal(SIGHUP, SIG_DFL);
}

TEST_CASE("limits, the mask for new files, CPUs and the folder are as before") {
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    CHECK(comes_back(
        [&] {
            const rlimit few{.rlim_cur = 9, .rlim_max = before.rlim_max};
            ::setrlimit(RLIMIT_NOFILE, &few);
        },
        [&] {
            rlimit now{};
            ::getrlimit(RLIMIT_NOFILE, &now);
            return now.rlim_cur == before.rlim_cur;
        }));
    const auto mask = [] {
        const mode_t found = ::umask(022);
        ::umask(found);
        return found;
    };
    const mode_t own = mask();
    CHECK(comes_back([] { ::umask(0777); }, [&] { return mask() == own; }));
    const auto folder = std::filesystem::current_path();
    const auto other = folder == "/" ? "/tmp" : "/";
    CHECK(comes_back([&] { std::filesystem::current_path(other); },
                     [&] { return std::filesystem::current_path() == folder; }));
    if (const int all = cpus(); all > 1)
        CHECK(comes_back(
            [] {
                cpu_set_t one;
                CPU_ZERO(&one);
                CPU_SET(::sched_getcpu(), &one);
                ::sched_setaffinity(0, sizeof one, &one);
            },
            [all] { return cpus() == all; }));
}

TEST_CASE("descriptors that have come since do not reach the next program") {
    const int kept = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC
    int opened = -1;
    const auto passed_on = [](int descriptor) { return descriptor >= 0 && ::fcntl(descriptor, F_GETFD) == 0; };
    CHECK(comes_back([&] { opened = ::open("/dev/null", O_RDONLY); },
                     [&] { return !passed_on(opened) && passed_on(kept); }));
    ::close(kept);
}

// A plain MPI program that launches itself first. It prints "rank R of N, expected E", and rank 0 its arguments as
// <TEXT> and then its standard input. Says "hecaton: ..." and exits with 2 where self-launch is refused.
#include <fcntl.h>
#include <mpi.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <hecaton/foundation/log.hpp>
#include <hecaton/launch/self_launch.hpp>
#include <hecaton/launch/threads_at_rest.hpp>
#include <iostream>
#include <string>

namespace {

// Leaves nothing as it was that a process hands on to the one that replaces it.
void disturb() {
    const itimerval soon{.it_interval = {}, .it_value = {.tv_sec = 0, .tv_usec = 20'000}};
    ::setitimer(ITIMER_REAL, &soon, nullptr);
    ::setitimer(ITIMER_PROF, &soon, nullptr);
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    ::signal(SIGCHLD, SIG_IGN);
    ::signal(SIGTERM, SIG_IGN);
    ::raise(SIGALRM);  // and it waits
    const rlimit few{.rlim_cur = 5, .rlim_max = 4096};
    ::setrlimit(RLIMIT_NOFILE, &few);
    ::umask(0777);
    if (::chdir("/") != 0) std::exit(3);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(::sched_getcpu(), &one);
    ::sched_setaffinity(0, sizeof one, &one);
}

void print_state() {
    sigset_t blocked;
    ::sigprocmask(SIG_SETMASK, nullptr, &blocked);
    struct sigaction child {};
    ::sigaction(SIGCHLD, nullptr, &child);
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    const mode_t mask = ::umask(0);
    char* const folder = ::get_current_dir_name();
    std::printf("state: %s %s %s umask %03o in %s\n", ::sigismember(&blocked, SIGUSR1) != 0 ? "blocked" : "open",
                child.sa_handler == SIG_IGN ? "ignored" : "heard", files.rlim_cur < 10 ? "few" : "many", mask, folder);
    std::free(folder);
}

}  // namespace

int main(int argc, char** argv) {
    const bool disturbed = argc > 1 && std::string(argv[1]) == "disturbed";
    if (disturbed && !hecaton::detail::launch::rank_variable_set(hecaton::detail::launch::variables())) disturb();
    if (argc > 2 && std::string(argv[1]) == "locked") {  // argv[2] is a file, which one process at a time may lock
        const int file = ::open(argv[2], O_RDWR | O_CREAT, 0600);
        const char* const rank = std::getenv("OMPI_COMM_WORLD_RANK");
        if (file < 0 || ((rank == nullptr || *rank == '0') && ::flock(file, LOCK_EX) != 0)) return 4;
    }
    std::printf("before\n");  // and not flushed: self-launch has to
    try {
        hecaton::detail::launch::self_launch_if_wanted(argc, argv, 3);
    } catch (const std::exception& error) {
        hecaton::detail::log::line(error.what());
        return 2;
    }
    MPI_Init(&argc, &argv);
    int rank = 0;
    int size = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    const char* expected = std::getenv("HECATON_EXPECTED_SIZE");
    std::printf("rank %d of %d, expected %s\n", rank, size, expected ? expected : "nothing");
    if (disturbed) print_state();
    if (rank == 0) {
        for (int i = 1; i < argc; ++i) std::printf("<%s>\n", argv[i]);
        for (std::string line; std::getline(std::cin, line);) std::printf("read: %s\n", line.c_str());
    }
    hecaton::detail::launch::wait_for_threads_at_rest(std::chrono::milliseconds(250));  // see mpi_probe.cpp
    MPI_Finalize();
}

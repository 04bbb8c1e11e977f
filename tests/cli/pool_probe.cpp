// A program with a pool that goes wrong in the way that its first argument names.
#include <dlfcn.h>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <mpi.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <hecaton/hecaton.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;

int square(int x) { return x * x; }

int fail_at_3(int x) {
    if (x == 3) throw std::out_of_range("no item three");
    return x;
}

int exit_at_3(int x) {
    if (x == 3) std::exit(5);
    std::this_thread::sleep_for(50ms);
    return x;
}

int finalize_at_3(int x) {
    if (x == 3) MPI_Finalize();
    std::this_thread::sleep_for(50ms);
    return x;
}

int abort_at_3(int x) {
    if (x == 3) MPI_Abort(MPI_COMM_WORLD, 6);
    std::this_thread::sleep_for(50ms);
    return x;
}

int raise_at_3(int x) {
    if (x == 3) std::raise(SIGSEGV);
    return x;
}

std::string kill_at_3(const std::string& x) {
    if (x == "3") ::kill(::getpid(), SIGKILL);
    return x;
}

// Needs a gigabyte of stack for 262,144.
[[gnu::noinline]] long descend(long depth) {  // NOLINT(misc-no-recursion)
    volatile char frame[4'096];
    frame[0] = 0;
    return depth == 0 ? frame[0] : descend(depth - 1) + frame[0];
}

// Leaves its process id in the file of that name.
void never_end(const std::string& file) {
    std::ofstream(file) << ::getpid() << std::endl;
    std::this_thread::sleep_for(24h);
}

struct Silent : std::exception {
    const char* what() const noexcept override { return nullptr; }
};

const std::vector<int> ten{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

int body(hecaton::Pool& pool, int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "throw") throw std::runtime_error("the body gives up");
    if (what == "task-throws") pool.with({.chunk_size = 1}).map(fail_at_3, ten);
    if (what == "throw-while-busy") {
        auto pending = pool.with({.chunk_size = 1})
                           .map_async([](int) { std::this_thread::sleep_for(20ms); }, std::vector<int>(5'000));
        std::this_thread::sleep_for(50ms);
        throw std::runtime_error("enough");
    }
    if (what == "throw-while-stuck") {
        auto pending = pool.with({.chunk_size = 1}).map_async([](int) { std::this_thread::sleep_for(24h); }, ten);
        std::this_thread::sleep_for(50ms);
        throw std::runtime_error("enough");
    }
    if (what == "exit-in-body") std::exit(3);
    if (what == "exit-in-task") pool.with({.chunk_size = 1}).map(exit_at_3, ten);
    if (what == "finalize-in-body") MPI_Finalize();
    if (what == "finalize-in-task") pool.with({.chunk_size = 1}).map(finalize_at_3, ten);
    if (what == "abort-in-task") pool.with({.chunk_size = 1}).map(abort_at_3, ten);
    if (what == "silent") throw Silent();
    if (what == "crash-in-task") pool.with({.chunk_size = 2, .name = "sweep"}).map(raise_at_3, ten);
    if (what == "crash-in-text-task")
        pool.with({.chunk_size = 5})
            .map(kill_at_3, std::vector<std::string>{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
    if (what == "crash-in-fold") (void)pool.map_reduce(raise_at_3, std::plus<>(), 0, ten);
    if (what == "crash-in-sandbox") (void)pool.with({.isolate = true}).map_outcomes(raise_at_3, ten);
    if (what == "crash-after-tasks" || what == "crash-in-sandbox") {
        pool.map(square, ten);
        std::raise(SIGSEGV);
    }
    if (what == "left-open") {
        static auto forgotten = pool.map_async(square, ten);
        return 0;
    }
    if (what == "never-ends")
        pool.with({.chunk_size = 1, .name = "sweep"}).map(never_end, std::vector<std::string>(argv + 2, argv + argc));
    if (what == "deep-in-task" || what == "deep-in-sandbox") {
        const auto outcomes = pool.with({.chunk_size = 1, .attempts = 1, .isolate = what == "deep-in-sandbox"})
                                  .map_outcomes(descend, std::vector<long>{10, 10, 10, 10'000'000});
        fmt::print("{}\n", outcomes.at(3).error().describe());
    }
    if (what == "prints-and-dies") {
        fmt::print("last words\n");
        ::kill(::getpid(), SIGKILL);
    }
    if (what == "status") return 9;
    if (what == "closed-world") return pool.map(square, ten).at(3) == 9 ? 0 : 8;
    if (what == "closed") {
        pool.close();
        pool.map(square, ten);
    }
    fmt::print("{} on {} ranks\n", pool.map(square, ten), pool.size());
    return 0;
}

// MPI is the program's own, at the thread level that is named.
int with_own_mpi(int argc, char** argv, int level) {
    int provided = 0;
    MPI_Init_thread(&argc, &argv, level, &provided);
    int status = hecaton::run(argc, argv, [](hecaton::Pool& pool) {
        fmt::print("{}\n", pool.map(square, ten));
        fmt::print("{}\n", pool.map_async(square, ten).get());
        fmt::print("{}\n", pool.map_async(square, ten).get());
    });
    MPI_Finalize();
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "own-mpi-single") return with_own_mpi(argc, argv, MPI_THREAD_SINGLE);
    if (what == "own-mpi-multiple") return with_own_mpi(argc, argv, MPI_THREAD_MULTIPLE);
    if (what == "library-on-rank-0") {  // argv[2] is a shared library with tasks of its own
        const char* rank = std::getenv("OMPI_COMM_WORLD_RANK");
        if (rank != nullptr && std::string(rank) == "0" && ::dlopen(argv[2], RTLD_NOW) == nullptr) return 99;
    }
    if (what == "twice") {
        const int first = hecaton::run(argc, argv, [&](hecaton::Pool& pool) { return body(pool, 1, argv); });
        return first + hecaton::run(argc, argv, [&](hecaton::Pool& pool) { return body(pool, 1, argv); });
    }
    if (what == "environment-throws") {
        try {
            const hecaton::Environment environment(argc, argv);
            if (environment.world().rank() == 0) throw std::runtime_error("rank 0 gives up");
            environment.world().barrier();  // for a rank that never comes
        } catch (const std::exception& error) {
            fmt::print("caught: {}\n", error.what());
            return 1;
        }
    }
    if (what == "start") {  // argv[2] is a command that items run
        static const std::string command = argv[2];
        return hecaton::run(argc, argv, [](hecaton::Pool& pool) {
            const auto status_of = [](int) {
                const int status = std::system(command.c_str());
                return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
            };
            for (const bool isolate : {false, true})
                fmt::print("{}\n", pool.with({.chunk_size = 1, .isolate = isolate}).map(status_of, {1, 2}));
        });
    }
    hecaton::PoolOptions options;
    if (what == "processes") options.processes = std::atoi(argv[2]);
    const int status = hecaton::run(argc, argv, options, [&](hecaton::Pool& pool) { return body(pool, argc, argv); });
    if (what == "status") fmt::print("status {}\n", status);
    return status;
}

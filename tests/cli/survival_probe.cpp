// Programs whose ranks die in the middle: survival_probe CASE [ARGUMENT]. The root prints what is the same whatever
// dies, and how many ranks are left.
#include <mpi.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <hecaton/foundation/rank_notes.hpp>
#include <hecaton/hecaton.hpp>
#include <iostream>
#include <map>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

namespace {

std::vector<int> numbers(int count) {
    std::vector<int> all(static_cast<std::size_t>(count));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

bool on_worker() { return hecaton::this_worker::rank() != 0; }

// Ends this process: by that signal, or where it is 0 or below with the status -how.
void end_by(int how) {
    if (how <= 0) ::_exit(-how);
    ::raise(how);
}

// On the root: until that many ranks are lost. So the workers get their turn on a busy machine, too.
void root_waits(std::uint32_t losses) {
    const auto* const notes = hecaton::detail::rank_notes();  // none under plain mpirun
    while (!on_worker() && notes != nullptr && notes->lost_ranks.load() < losses) std::this_thread::sleep_for(1ms);
}

// Item 20 does, in its first run, where that is not on the root.
int dies_once(hecaton::Pool& pool, int how) {
    static bool missed;
    missed = false;
    const auto results = pool.with({.chunk_size = 10, .name = "sweep"})
                             .map(
                                 [how](int x) {
                                     std::this_thread::sleep_for(2ms);
                                     missed = missed || x == 20;
                                     if (!missed) root_waits(1);
                                     if (x == 20 && on_worker() && hecaton::this_task::attempt() == 1) end_by(how);
                                     return 2 * x;
                                 },
                                 numbers(200));
    return std::accumulate(results.begin(), results.end(), 0);
}

void once(hecaton::Pool& pool, const std::string& argument) {
    // On two ranks the root may be the one that gets it.
    for (int round = 0; round < 100 && pool.size() == hecaton::this_worker::size(); ++round)
        if (dies_once(pool, std::stoi(argument)) != 39'800) std::cout << "wrong" << std::endl;
    std::cout << "done, " << pool.size() << " left" << std::endl;
}

// An item that ends whoever runs it.
void poison(hecaton::Pool& pool, const std::string& argument) {
    const int how = std::stoi(argument);
    const auto outcomes = pool.with({.chunk_size = 5, .name = "sweep"})
                              .map_outcomes(
                                  [how](int x) {
                                      if (x == 20) end_by(how);
                                      return x;
                                  },
                                  numbers(100));
    int good = 0;
    for (const auto& outcome : outcomes)
        if (outcome.has_value()) {
            ++good;
        } else {
            try {
                static_cast<void>(outcome.value());
            } catch (const hecaton::WorkerLost& error) {
                std::cout << "item " << error.index() << ": " << error.what() << std::endl;
            }
        }
    std::cout << good << " good, " << pool.size() << " left" << std::endl;
}

// Every worker dies in its first item.
void all(hecaton::Pool& pool, const std::string& argument) {
    const int how = std::stoi(argument);
    const auto results = pool.with({.chunk_size = 1})
                             .map(
                                 [how](int x) {
                                     if (on_worker()) end_by(how);
                                     root_waits(static_cast<std::uint32_t>(hecaton::this_worker::size()) - 1);
                                     return x + 1;
                                 },
                                 numbers(100));
    std::cout << std::accumulate(results.begin(), results.end(), 0) << ", " << pool.size() << " left" << std::endl;
}

void outcome_of(hecaton::Process& process) {
    process.join();
    std::cout << process.exit_code().value_or(99) << std::endl;
}

// Processes on a rank that dies.
void processes(hecaton::Pool& pool, const std::string& /*argument*/) {
    hecaton::Process here(pool, [] { std::this_thread::sleep_for(1ms); });
    hecaton::Process there(pool, [] { std::this_thread::sleep_for(1000s); });
    here.start();
    there.start();
    outcome_of(here);
    pool.with({.chunk_size = 1})
        .map(
            [](int x) {
                if (on_worker()) ::raise(SIGKILL);
                root_waits(1);
                return x;
            },
            numbers(4));
    outcome_of(there);
    hecaton::Process next(pool, [] {});
    next.start();
    std::cout << "on rank " << next.rank() << std::endl;
    outcome_of(next);
}

// While nobody has anything to do.
void idle(hecaton::Pool& pool, const std::string& argument) {
    const auto shared = pool.broadcast(std::vector<double>(100'000, 0.5));
    std::cout << "ready" << std::endl;
    while (::access(argument.c_str(), F_OK) != 0) std::this_thread::sleep_for(10ms);
    const auto results = pool.map([shared](int x) { return (*shared)[static_cast<std::size_t>(x)] + x; }, numbers(100));
    std::cout << std::accumulate(results.begin(), results.end(), 0.0) << ", " << pool.size() << " left" << std::endl;
}

const std::map<std::string, std::function<void(hecaton::Pool&, const std::string&)>> bodies{
    {"once", once}, {"poison", poison}, {"all", all}, {"all-others", all}, {"processes", processes}, {"idle", idle}};

bool dies_in_finalize = false;
std::string deaths_at_start;

}  // namespace

// The one of the program stands before MPI's.
extern "C" int MPI_Finalize() {
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (dies_in_finalize && rank == 1) ::raise(SIGKILL);
    return PMPI_Finalize();
}

// The same of the duplicate that a pool makes; `argument` is a file that says how often rank 1 still dies of it.
extern "C" int MPI_Comm_dup(MPI_Comm communicator, MPI_Comm* made) {
    int rank = 0;
    PMPI_Comm_rank(communicator, &rank);
    if (rank == 1 && !deaths_at_start.empty()) {
        int left = 0;
        std::ifstream(deaths_at_start) >> left;
        std::ofstream(deaths_at_start) << left - 1;
        if (left > 0) ::raise(SIGKILL);
    }
    return PMPI_Comm_dup(communicator, made);
}

int main(int argc, char** argv) {
    const std::string name = argc > 1 ? argv[1] : "";
    const std::string argument = argc > 2 ? argv[2] : "9";
    if (name == "twice") {  // another pool, over the ranks that are left
        const auto body = [&](hecaton::Pool& pool) { once(pool, argument); };
        (void)hecaton::run(argc, argv, body);
        return hecaton::run(argc, argv, [](hecaton::Pool& pool) {
            const auto ranks = pool.map([](int) { return hecaton::this_worker::size(); }, numbers(50));
            std::cout << "then " << pool.size() << " of " << ranks.front() << std::endl;
        });
    }
    if (name == "late") {  // the root has more to do when all others have ended
        bool root = false;
        const int status = hecaton::run(argc, argv, [&](hecaton::Pool& pool) {
            root = true;
            once(pool, argument);
        });
        if (!root) return status;
        std::this_thread::sleep_for(std::chrono::seconds(2));
        std::cout << "late" << std::endl;
        return status;
    }
    if (name == "collective") {  // all ranks go on, and would wait for the one that has died
        hecaton::Environment env(argc, argv);
        try {
            {
                hecaton::Pool pool(env.world());
                if (pool.is_root()) {
                    once(pool, argument);
                    pool.close();
                    pool.join();
                } else {
                    pool.serve();
                }
            }
            static_cast<void>(hecaton::all_reduce(env.world(), 1, std::plus<>()));
        } catch (const hecaton::UsageError& error) {
            std::cout << error.what() << std::endl;
            return 3;
        }
        return 0;
    }
    if (name == "start") deaths_at_start = argument;
    if (name == "start" || name == "finalize") {
        dies_in_finalize = name == "finalize";
        return hecaton::run(argc, argv, [](hecaton::Pool& pool) {
            const auto results = pool.map([](int x) { return x; }, numbers(100));
            std::cout << std::accumulate(results.begin(), results.end(), 0) << std::endl;
        });
    }
    const auto body = bodies.find(name);
    if (body == bodies.end()) return 2;
    hecaton::PoolOptions options;
    options.root_works = name != "poison" && name != "all-others";
    return hecaton::run(argc, argv, options, [&](hecaton::Pool& pool) { body->second(pool, argument); });
}

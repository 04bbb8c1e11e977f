// A program whose recording tests/mpi/recording.sh checks: each word of its command line is something that it does.
#include <fmt/format.h>
#include <mpi.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <hecaton/hecaton.hpp>
#include <numeric>
#include <ranges>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;

int slow(int x) {
    std::this_thread::sleep_for(1ms);
    return 2 * x;
}

int cheap(int x) { return 2 * x; }

int some_fail(int x) {
    std::this_thread::sleep_for(200us);
    if (x % 7 == 3) throw std::out_of_range(fmt::format("\"{}\"\n is out of range", x));
    return 2 * x;
}

std::string text(const std::string& of) {
    const hecaton::region region("text");
    return of + of;
}

// The first run of item 5 ends its process.
int some_die(int x) {
    if (x == 5 && hecaton::this_task::attempt() == 1) std::raise(SIGKILL);
    std::this_thread::sleep_for(2ms);
    return 2 * x;
}

// Rank 1 dies in an item, once others have begun.
int kills_rank(int x) {
    std::this_thread::sleep_for(2ms);
    if (x >= 12 && hecaton::this_worker::rank() == 1) std::raise(SIGKILL);
    return 2 * x;
}

std::vector<int> numbers(int n) {
    std::vector<int> all(static_cast<std::size_t>(n));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

void require(bool right, const char* what) {
    if (!right) throw std::runtime_error(fmt::format("{}: a wrong result", what));
}

// The results are those of a run that is not recorded.
void check(const std::vector<int>& results, int n, const char* what) {
    require(results.size() == static_cast<std::size_t>(n), what);
    for (int i = 0; i < n; ++i) require(results[static_cast<std::size_t>(i)] == 2 * i, what);
}

void run(hecaton::Pool& pool, const std::string& what) {
    if (what == "map") return check(pool.with({.name = "map"}).map(slow, numbers(100)), 100, "map");
    if (what == "cheap") return check(pool.with({.name = "cheap"}).map(cheap, numbers(1'000'000)), 1'000'000, "cheap");
    if (what == "chunks")
        return check(pool.with({.chunk_size = 1, .name = "chunks"}).map(cheap, numbers(20'000)), 20'000, "chunks");
    if (what == "bulk")
        return check(pool.with({.chunk_size = 200'000, .name = "bulk"}).map(cheap, numbers(2'000'000)), 2'000'000,
                     "bulk");
    if (what == "isolated")
        return check(pool.with({.isolate = true, .name = "isolated"}).map(some_die, numbers(30)), 30, "isolated");
    if (what == "killed")
        return check(pool.with({.chunk_size = 4, .name = "killed"}).map(kills_rank, numbers(60)), 60, "killed");
    if (what == "failures") {
        const auto outcomes = pool.with({.name = "failures"}).map_outcomes(some_fail, numbers(50));
        for (int i = 0; i < 50; ++i)
            require(outcomes[static_cast<std::size_t>(i)].has_value() == (i % 7 != 3), "failures");
        return;
    }
    if (what == "imap") {
        int next = 0;
        for (const int value : pool.with({.name = "imap"}).imap(slow, std::views::iota(0, 60)))
            require(value == 2 * next++, "imap");
        return require(next == 60, "imap");
    }
    if (what == "reduce") {
        const int sum = pool.with({.name = "reduce"}).map_reduce(cheap, std::plus<>{}, 0, std::views::iota(0, 20'000));
        return require(sum == 399'980'000, "reduce");
    }
    if (what == "async") {
        auto one = pool.with({.name = "async"}).map_async(slow, numbers(40));
        auto other = pool.with({.name = "other"}).map_async(slow, numbers(40));
        check(other.get(), 40, "other");
        return check(one.get(), 40, "async");
    }
    if (what == "apply") {
        for (int i = 0; i < 20'000; ++i) require(pool.apply(cheap, i) == 2 * i, "apply");
        return;
    }
    if (what == "threads") {  // that call side by side, while the pool computes for another call
        auto background = pool.with({.name = "background"}).map_async(slow, numbers(40));
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&pool] {
                for (int i = 0; i < 1'000; ++i) pool.apply(cheap, i);
                for (int i = 0; i < 5; ++i) pool.map(cheap, numbers(1'000));
            });
        for (std::thread& each : threads) each.join();
        return check(background.get(), 40, "background");
    }
    if (what == "texts") {
        for (int i = 0; i < 500; ++i) require(pool.apply(text, std::string("ab")) == "abab", "texts");
        const std::vector<std::string> words(300, "ab");
        return require(pool.with({.name = "texts"}).map(text, words).back() == "abab", "texts");
    }
    if (what == "region") {
        const hecaton::region outer("outer");
        const hecaton::region inner("inner \xc3\xa4 \"quoted\" \xff");
        return std::this_thread::sleep_for(3ms);
    }
    if (what == "cancel") {
        auto call = pool.with({.name = "cancel"}).map_async(slow, numbers(10'000));
        std::this_thread::sleep_for(20ms);
        return static_cast<void>(call.cancel());
    }
    if (what == "die") {
        fmt::print("died\n");
        std::fflush(stdout);
        std::this_thread::sleep_for(1500ms);
        ::kill(::getpid(), SIGKILL);
    }
    throw std::invalid_argument("no such word: " + what);
}

int spmd(int argc, char** argv) {
    const hecaton::Environment environment(argc, argv);
    const auto world = environment.world();
    const hecaton::region whole("whole");
    std::vector<double> all(1'000, 1.0);
    double sum = 0;
    for (int i = 0; i < 20; ++i) {
        const auto mine = hecaton::scatter(world, all);
        const hecaton::region region("sum");
        for (const double each : mine) sum += each;
    }
    return hecaton::all_reduce(world, sum, std::plus<>{}) > 19'999 ? 0 : 1;
}

// Two pools side by side, of the even ranks and of the odd ones; then one of all, with the last rank as its root.
int split(int argc, char** argv) {
    const hecaton::Environment environment(argc, argv);
    const auto world = environment.world();
    const auto use = [](hecaton::Pool& pool, const char* what) {
        if (!pool.is_root()) return static_cast<void>(pool.serve());
        run(pool, what);
        pool.close();
        pool.join();
    };
    {
        hecaton::Pool half(world.split(world.rank() % 2));
        use(half, "map");
    }
    hecaton::Pool all(world, {.root = world.size() - 1});
    use(all, "failures");
    return 0;
}

// A program that has MPI to itself, with two pools one after the other.
int own_mpi(int argc, char** argv) {
    int provided = 0;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_MULTIPLE, &provided);
    for (int i = 0; i < 2; ++i) {
        hecaton::Pool pool(MPI_COMM_WORLD);
        if (pool.is_root()) {
            run(pool, "map");
            run(pool, "texts");
            pool.close();
            pool.join();
        } else {
            pool.serve();
        }
    }
    MPI_Finalize();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (!words.empty() && words.front() == "spmd") return spmd(argc, argv);
    if (!words.empty() && words.front() == "split") return split(argc, argv);
    if (!words.empty() && words.front() == "own") return own_mpi(argc, argv);
    return hecaton::run(argc, argv, [&](hecaton::Pool& pool) {
        for (const std::string& word : words) run(pool, word);
    });
}

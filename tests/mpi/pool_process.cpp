// Process, on the pool that all cases share.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <mpi/pool_under_test.hpp>
#include <set>
#include <stdexcept>
#include <string>
#include <support/events.hpp>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using hecaton::Process;
using hecaton::test::Gate;
using hecaton::test::wait_until;

namespace {

void nothing() {}
void nothing_of(int) {}
void give(int status) { std::exit(status); }
void stay() {
    for (;;) ::pause();
}

std::string content(const std::string& name) {
    std::ifstream file(name);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("a process has a pid and an exit code") {
    Process process(pool(), give, 7);
    CHECK_THROWS_AS(process.pid(), hecaton::UsageError);
    CHECK_THROWS_AS(process.join(), hecaton::UsageError);
    CHECK_THROWS_AS(process.terminate(), hecaton::UsageError);
    CHECK(!process.exit_code());
    CHECK(!process.is_alive());
    process.start();
    CHECK(process.pid() > 0);
    CHECK(process.pid() != ::getpid());
    CHECK_THROWS_AS(process.start(), hecaton::UsageError);
    process.join();
    process.join();
    CHECK(process.exit_code() == 7);
    CHECK(!process.is_alive());
    CHECK(process.join(0s));
    CHECK_THROWS_WITH(process.start(), ContainsSubstring("called twice"));
}

TEST_CASE("processes are named in the order in which they are made, unless they have names") {
    Process first(pool(), nothing);
    Process second(pool(), nothing);
    Process third(pool(), nothing);
    const int number = std::stoi(first.name().substr(8));
    CHECK(first.name() == "Process-" + std::to_string(number));
    CHECK(second.name() == "Process-" + std::to_string(number + 1));
    CHECK(&third.name("mine") == &third);
    CHECK(third.name() == "mine");
}

TEST_CASE("processes go to one rank after the other") {
    const int ranks = pool().size();
    std::vector<Process> processes;
    const auto check = [](int count) {
        std::exit(100 + hecaton::this_worker::rank() + (count == hecaton::this_worker::size() ? 0 : 50));
    };
    for (int i = 0; i < 2 * ranks; ++i) {
        processes.emplace_back(pool(), check, ranks);
        processes.back().start();
    }
    std::multiset<int> used;
    std::set<int> pids;
    for (auto& process : processes) {
        process.join();
        used.insert(process.rank());
        pids.insert(process.pid());
        CHECK(process.exit_code() == 100 + process.rank());
        CHECK(process.host() == hecaton::this_worker::host());
    }
    CHECK(pids.size() == processes.size());
    for (int rank = 0; rank < ranks; ++rank) CHECK(used.count(rank) == 2);
    for (int i = 1; i < 2 * ranks; ++i)
        CHECK(processes[static_cast<std::size_t>(i)].rank() ==
              (processes[static_cast<std::size_t>(i - 1)].rank() + 1) % ranks);
}

TEST_CASE("join with a timeout comes back on time") {
    Process process(pool(), stay);
    process.start();
    const auto begin = Clock::now();
    CHECK(!process.join(100ms));
    CHECK(!process.join(-5s));
    CHECK(Clock::now() - begin >= 100ms);
    CHECK(process.is_alive());
    CHECK(!process.exit_code());
    process.terminate();
    CHECK(process.join(1h));
    CHECK(process.exit_code() == -SIGTERM);
}

TEST_CASE("terminate and kill, also right after the start and after the end") {
    for (int i = 0; i < 2 * pool().size(); ++i) {
        Process polite(pool(), stay);
        Process sudden(pool(), stay);
        polite.start();
        polite.terminate();
        sudden.start();
        sudden.kill();
        polite.join();
        sudden.join();
        CHECK(polite.exit_code() == -SIGTERM);
        CHECK(sudden.exit_code() == -SIGKILL);
        polite.terminate();
        sudden.kill();
        CHECK(sudden.exit_code() == -SIGKILL);
    }
}

TEST_CASE("a process that ignores SIGTERM is ended by kill") {
    const Gate gate;
    Process process(
        pool(),
        [](const std::string& ready) {
            ::signal(SIGTERM, SIG_IGN);
            hecaton::test::pass(ready);
            stay();
        },
        gate.path());
    process.start();
    gate.wait_for_arrivals(1);
    process.terminate();
    CHECK(!process.join(200ms));
    process.kill();
    process.join();
    CHECK(process.exit_code() == -SIGKILL);
}

TEST_CASE("an exception in a process is exit code 1") {
    Process throws(
        pool(), [](const std::string& text) { throw std::runtime_error(text); }, "this line is meant to be");
    throws.start();
    throws.join();
    CHECK(throws.exit_code() == 1);
}

TEST_CASE("200 at once") {
    std::vector<Process> processes;
    for (int i = 0; i < 200; ++i) {
        processes.emplace_back(pool(), stay);
        processes.back().start();
    }
    std::set<int> pids;
    for (auto& process : processes) {
        CHECK(process.is_alive());
        pids.insert(process.pid());
    }
    CHECK(pids.size() == 200);
    for (auto& process : processes) process.terminate();
    for (auto& process : processes) {
        process.join();
        CHECK(process.exit_code() == -SIGTERM);
    }
}

TEST_CASE("processes run while the pool maps, and start while its workers are in long items") {
    const auto ranks = static_cast<std::size_t>(pool().size());
    Gate gate;
    auto slow = pool()
                    .with({.chunk_size = 1})
                    .map_async(hecaton::test::wait_at, std::vector<std::string>(4 * ranks, gate.path()));
    gate.wait_for_arrivals(ranks);
    std::vector<Process> processes;
    for (int i = 0; i < pool().size(); ++i) {
        processes.emplace_back(pool(), give, i);
        processes.back().start();
    }
    for (int i = 0; i < pool().size(); ++i) {
        processes[static_cast<std::size_t>(i)].join();
        CHECK(processes[static_cast<std::size_t>(i)].exit_code() == i);
    }
    CHECK(!slow.ready());
    gate.open();
    slow.get();
    CHECK(gate.arrivals() == 4 * ranks);
}

TEST_CASE("the root hears of an end while it is busy elsewhere") {
    std::vector<Process> processes;
    for (int i = 0; i < pool().size(); ++i) {
        processes.emplace_back(pool(), [] { std::this_thread::sleep_for(100ms); });
        processes.back().start();
    }
    volatile double sink = 0;  // no pool call meanwhile
    const auto alive = [](const Process& process) { return process.is_alive(); };
    while (std::any_of(processes.begin(), processes.end(), alive)) sink = sink + 1;
    for (const auto& process : processes) CHECK(process.exit_code() == 0);
}

namespace {
struct Point {
    int x = 0;
    double y = 0;
};
struct Tree {
    std::string label;
    std::vector<Tree> children;
    template <class Archive>
    void serialize(Archive& archive, unsigned) {
        archive& label& children;
    }
};
void write_all(const std::string& file, Point point, const Tree& tree, const std::map<std::string, int>& named,
               bool flag, const std::string& literal) {
    std::ofstream(file) << point.x << ' ' << point.y << ' ' << tree.label << ' ' << tree.children.at(0).label << ' '
                        << named.at("k") << ' ' << flag << ' ' << literal;
}
}  // namespace

TEST_CASE("arguments of all kinds, which are kept as they were") {
    const Gate folder;
    const std::string file = folder.path() + "/arguments";
    std::map<std::string, int> named{{"k", 9}};
    Process process(pool(), write_all, file, Point{3, 0.5}, Tree{"root", {Tree{"leaf", {}}}}, named, true, "text");
    named["k"] = 0;
    process.start();
    process.join();
    CHECK(process.exit_code() == 0);
    CHECK(content(file) == "3 0.5 root leaf 9 1 text");
}

TEST_CASE("callables of all kinds") {
    const std::string words = "seven";
    int offset = 30;
    std::vector<Process> processes;
    processes.emplace_back(
        pool(),
        hecaton::bind_front([](const std::string& s, int x) { std::exit(static_cast<int>(s.size()) + x); }, words), 10);
    processes.emplace_back(
        pool(), [offset](int x) { std::exit(offset + x); }, 1);
    processes.emplace_back(pool(), std::exit, 12);
    processes.emplace_back(pool(), [] { return new int(1); });  // what it returns need not travel
    for (auto& process : processes) process.start();
    for (auto& process : processes) process.join();
    CHECK(processes[0].exit_code() == 15);
    CHECK(processes[1].exit_code() == 31);
    CHECK(processes[2].exit_code() == 12);
    CHECK(processes[3].exit_code() == 0);
}

TEST_CASE("20 MB of arguments, to each rank") {
    std::vector<double> many(2'500'000, 0.25);
    std::vector<Process> processes;
    for (int i = 0; i < pool().size(); ++i) {
        processes.emplace_back(
            pool(),
            [](const std::vector<double>& values) {
                for (const double value : values)
                    if (value != 0.25) std::exit(2);
                std::exit(values.size() == 2'500'000 ? 0 : 3);
            },
            many);
        processes.back().start();
    }
    for (auto& process : processes) {
        process.join();
        CHECK(process.exit_code() == 0);
    }
}

TEST_CASE("a closure with an address of this process is refused") {
    const int value = 3;
    const int* pointer = &value;
    CHECK_THROWS_AS(Process(pool(), [pointer] { std::exit(*pointer); }), hecaton::UsageError);
}

TEST_CASE("a Process does not use pools, and callbacks do not start Processes") {
    Process process(pool(), [] {
        char name[] = "x";
        char* arguments[] = {name, nullptr};
        std::exit(hecaton::run(1, arguments, [](hecaton::Pool&) {}));
    });
    process.start();
    process.join();
    CHECK(process.exit_code() == 2);
    Process another(pool(), nothing);
    std::atomic<int> refused{0};
    auto result = pool().map_async(nothing_of, {1});
    result.on_complete([&] {
        try {
            another.start();
        } catch (const hecaton::UsageError&) {
            refused = 1;
        }
    });
    wait_until([&] { return refused == 1; });
    another.start();
    another.join();
    CHECK(another.exit_code() == 0);
}

TEST_CASE("several threads start processes") {
    std::vector<std::thread> threads;
    std::atomic<int> good{0};
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&good, t] {
            for (int i = 0; i < 10; ++i) {
                Process process(pool(), give, 10 * t + i);
                process.start();
                process.join();
                if (process.exit_code() == 10 * t + i) ++good;
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(good == 40);
}

TEST_CASE("destroying and moving a running Process leaves it running") {
    Gate gate;
    const std::string file = gate.path() + "/done";
    {
        Process process(
            pool(),
            [](const std::string& closed, const std::string& done) {
                hecaton::test::wait_at(closed);
                std::ofstream(done) << "done";
            },
            gate.path(), file);
        process.start();
        Process moved = std::move(process);
        CHECK(moved.is_alive());
        CHECK_THROWS_AS(process.join(), hecaton::UsageError);
    }
    gate.open();
    wait_until([&] { return content(file) == "done"; });
}

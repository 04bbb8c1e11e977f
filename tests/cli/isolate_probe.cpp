// A program with isolated items that goes wrong in the way that its first argument names. Each rank and each sandbox
// leaves its process id in a file of the folder that is its second argument.
#include <fmt/core.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <hecaton/hecaton.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "probe.hpp"

namespace {

int initialized = 0;

void stay(const std::string& folder, int item) {
    probe::leave_pid(folder, fmt::format("sandbox-{}", item));
    probe::sleep_long();
}

int look(int) { return initialized; }

void talk(int x) {
    fmt::print("item {}\n", x);
    if (x == 1 && hecaton::this_task::attempt() == 1) std::abort();
    fmt::print("end of {}", x);
}

int body(hecaton::Pool& pool, const std::string& what, const std::string& folder) {
    auto isolated = pool.with({.chunk_size = 1, .isolate = true});
    std::vector<int> items;
    for (int i = 0; i < pool.size(); ++i) items.push_back(i);
    if (what == "talk") {
        isolated.map(talk, {0, 1, 2});
        return 0;
    }
    if (what == "stay" || what == "exit") {
        auto pending = isolated.map_async(hecaton::bind_front(stay, folder), items);
        for (const int item : items) probe::wait_for(folder, fmt::format("sandbox-{}", item));
        if (what == "exit") std::exit(3);
        pending.wait();
        return 0;
    }
    if (what == "idle") {  // sandboxes that nobody needs any more
        isolated.map(hecaton::bind_front(probe::leave_pid, folder), std::vector<std::string>(20, "sandbox"));
        return 0;
    }
    for (const int seen : isolated.map(look, items))
        if (seen != 42) return 5;
    fmt::print("initialized\n");
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = probe::what(argc, argv);
    const int answer = 42;
    hecaton::PoolOptions options;
    if (what.starts_with("initializer"))
        options.initializer = [&] {
            if (what == "initializer-throws") throw std::domain_error("no licence");
            if (what == "initializer-crashes") std::abort();
            initialized += answer;
        };
    std::atomic<bool> done{false};
    std::thread before;
    if (what == "threads") {
        initialized = answer;
        before = std::thread([&done] {
            while (!done) std::this_thread::sleep_for(std::chrono::milliseconds(5));
        });
    }
    const int status = probe::run(argc, argv, options, body);
    done = true;
    if (before.joinable()) before.join();
    // The second run has another initializer than the one that started MPI.
    return what == "initializer-again" ? probe::run(argc, argv, options, body) : status;
}

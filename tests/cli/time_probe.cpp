// A program whose time is limited: time_probe WHAT [FILE].
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <hecaton/hecaton.hpp>
#include <iostream>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;

std::string told(int /*item*/) {
    const double left = hecaton::this_worker::time_left();
    const char* const variable = std::getenv("HECATON_DEADLINE");
    return std::string(std::isinf(left)                ? "endless"
                       : left > 3'000 && left <= 3'600 ? "an hour"
                                                       : "other") +
           (variable != nullptr ? ", and told to programs" : "");
}

int slowly(int x) {
    std::this_thread::sleep_for(20ms);
    return x;
}

// The first item never ends.
int stay(int x) {
    if (x == 0) std::this_thread::sleep_for(1'000'000s);
    return slowly(x);
}

std::vector<int> first(int n) {
    std::vector<int> numbers(static_cast<std::size_t>(n));
    std::iota(numbers.begin(), numbers.end(), 0);
    return numbers;
}

bool is_cut(hecaton::Pool& pool) {
    try {
        pool.with({.name = "sweep"}).map(slowly, first(100'000));
        return false;
    } catch (const hecaton::TaskCancelled&) {
        return true;
    }
}

int body(hecaton::Pool& pool, const std::string& what) {
    if (what == "left") {
        std::cout << "body: " << told(0) << '\n';
        for (const auto& seen : pool.with({.chunk_size = 1}).map(told, first(4))) std::cout << "item: " << seen << '\n';
        for (const auto& seen : pool.with({.isolate = true}).map(told, first(2)))
            std::cout << "sandbox: " << seen << '\n';
    }
    if (what == "map") pool.with({.name = "sweep"}).map(slowly, first(100'000));
    if (what == "stubborn") pool.with({.chunk_size = 1, .name = "stubborn"}).map(stay, first(1'000));
    if (what == "catch" || what == "catch-9") {
        const bool both = is_cut(pool) && is_cut(pool);
        std::cout << (both ? "cut, and the next one too\n" : "not cut\n");
    }
    return what == "catch-9" ? 9 : 0;
}

// Every rank takes as many steps as the others.
int spmd(int argc, char** argv) {
    const hecaton::Environment environment(argc, argv);
    const auto world = environment.world();
    int steps = 0;
    while (hecaton::time_left(world) > 2) {
        std::this_thread::sleep_for(10ms);
        ++steps;
    }
    const auto all = hecaton::all_gather(world, steps);
    if (world.rank() == 0) std::cout << (all.front() > 0 && all.front() == all.back() ? "even\n" : "not even\n");
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    if (what == "spmd") return spmd(argc, argv);
    return hecaton::run(argc, argv, [&](hecaton::Pool& pool) {
        if (argc > 2) std::ofstream(argv[2]) << "begun\n";
        return body(pool, what);
    });
}

// ComputeClock: several threads on one core do not each seem to have it for themselves.
#include <unistd.h>

#include <chrono>
#include <hecaton/pool/worker/compute_clock.hpp>
#include <support/catch.hpp>
#include <support/skip.hpp>
#include <thread>
#include <vector>

using hecaton::detail::ComputeClock;
using namespace std::chrono_literals;

namespace {

std::chrono::nanoseconds now() { return std::chrono::steady_clock::now().time_since_epoch(); }
double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

struct Spun {
    double wall = 0;
    double waited = 0;
};

// Computes in pieces of well below a millisecond.
Spun spin(std::chrono::nanoseconds time) {
    ComputeClock clock;
    clock.waited(now());
    Spun result;
    const auto begin = now();
    volatile double sink = 0;
    while (now() - begin < time) {
        for (int i = 0; i < 10'000; ++i) sink = sink + 1;
        result.waited += clock.waited(now());
    }
    result.wall = seconds(now() - begin);
    return result;
}

}  // namespace

TEST_CASE("what threads compute together is no more than the cores can do") {
    if (::access("/proc/thread-self/schedstat", R_OK) != 0) {
        return hecaton::test::skip("needs /proc/thread-self/schedstat, which this kernel does not have");
    }
    const unsigned cores = std::thread::hardware_concurrency();
    std::vector<Spun> spun(4 * std::size_t{cores});
    std::vector<std::thread> threads;
    const auto begin = now();
    for (Spun& each : spun) threads.emplace_back([&each] { each = spin(300ms); });
    for (auto& thread : threads) thread.join();
    const double wall = seconds(now() - begin);
    double computed = 0;
    double by_the_wall_clock = 0;
    for (const Spun& each : spun) {
        computed += each.wall - each.waited;
        by_the_wall_clock += each.wall;
    }
    CHECK(computed < 1.5 * cores * wall);
    CHECK(by_the_wall_clock > 2 * cores * 0.3);
}

TEST_CASE("what was waited for while idle does not count") {
    ComputeClock clock;
    clock.waited(now());
    std::this_thread::sleep_for(2ms);
    clock.idle();
    CHECK(clock.waited(now()) == 0);
}

// What sandboxes cost: an item's way through one, and a crash.
//
//     hecaton run -n 2 ./sandbox
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <hecaton/hecaton.hpp>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr int repeats = 7;

template <class Run>
double median_seconds(Run run) {
    std::vector<double> seconds;
    for (int i = 0; i < repeats; ++i) {
        const auto begin = Clock::now();
        run();
        seconds.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
    }
    std::ranges::nth_element(seconds, seconds.begin() + repeats / 2);
    return seconds[repeats / 2];
}

int square(int x) { return x * x; }
std::string shout(const std::string& text) { return text + "!"; }
int crash(int) { std::abort(); }

template <class F, class T>
void compare(hecaton::Pool& pool, const char* what, F f, const std::vector<T>& items) {
    const auto n = static_cast<double>(items.size());
    const double without = median_seconds([&] { pool.map(f, items); });
    const double with = median_seconds([&] { pool.with({.isolate = true}).map(f, items); });
    fmt::print("{}: {:.3f} us an item without, {:.3f} us in sandboxes\n", what, 1e6 * without / n, 1e6 * with / n);
}

}  // namespace

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [](hecaton::Pool& pool) {
        compare(pool, "numbers", square, std::vector<int>(200'000, 3));
        compare(pool, "short strings", shout, std::vector<std::string>(100'000, "hello"));
        compare(
            pool, "vectors of 8 kB", [](const std::vector<double>& v) { return v; },
            std::vector<std::vector<double>>(2'000, std::vector<double>(1'000, 0.5)));
        auto isolated = pool.with({.isolate = true});
        isolated.apply(square, 1);
        const double one = median_seconds([&] {
            for (int i = 0; i < 1'000; ++i) isolated.apply(square, i);
        });
        const double plain = median_seconds([&] {
            for (int i = 0; i < 1'000; ++i) pool.apply(square, i);
        });
        fmt::print("apply, one after the other: {:.1f} us without, {:.1f} us in sandboxes\n", 1e3 * plain, 1e3 * one);
        constexpr int crashes = 50;
        auto once = pool.with({.chunk_size = crashes, .attempts = 1, .isolate = true});
        const double lost =
            median_seconds([&] { static_cast<void>(once.map_outcomes(crash, std::vector<int>(crashes))); });
        fmt::print("a crash: {:.0f} us\n", 1e6 * lost / crashes);
    });
}

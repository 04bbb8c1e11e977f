// What waiting costs: the CPU time of ranks that have nothing to do, and how soon the first task after a pause is
// served.
//
//     hecaton run -n 2 ./waiting
#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <hecaton/hecaton.hpp>
#include <ranges>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int repeats = 15;
constexpr auto rest = 1s;

double cpu_seconds() {
    rusage use{};
    ::getrusage(RUSAGE_SELF, &use);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    return seconds(use.ru_utime) + seconds(use.ru_stime);
}

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

// Its rank, and the CPU time that its process has used so far.
std::pair<int, double> look(int) {
    std::this_thread::sleep_for(1ms);  // so that every rank gets some of them
    return {hecaton::this_worker::rank(), cpu_seconds()};
}

std::vector<double> cpu_by_rank(hecaton::Pool& pool) {
    std::vector<double> seconds(static_cast<std::size_t>(pool.size()));
    for (const auto& [rank, cpu] : pool.with({.chunk_size = 1}).map(look, std::views::iota(0, 20 * pool.size())))
        seconds[static_cast<std::size_t>(rank)] = std::max(seconds[static_cast<std::size_t>(rank)], cpu);
    return seconds;
}

double median(std::vector<double> values) {
    std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
    return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, {.root_works = false}, [](hecaton::Pool& pool) {
        const auto before = cpu_by_rank(pool);
        const auto begin = Clock::now();
        std::this_thread::sleep_for(5s);
        const double idle = seconds_since(begin);
        const auto after = cpu_by_rank(pool);
        for (int rank = 1; rank < pool.size(); ++rank) {
            const auto r = static_cast<std::size_t>(rank);
            fmt::print("CPU of idle rank {}: {:.2f} % of a core\n", rank, 100 * (after[r] - before[r]) / idle);
        }
        std::vector<double> first, second;
        for (int i = 0; i < repeats; ++i) {
            std::this_thread::sleep_for(rest);
            const auto start = Clock::now();
            pool.apply([] { return 0; });
            first.push_back(seconds_since(start));
            const auto again = Clock::now();
            pool.apply([] { return 0; });
            second.push_back(seconds_since(again));
        }
        fmt::print("first task after a pause of 1 s: {:.0f} us (median of {}; longest {:.0f} us)\n",
                   1e6 * median(first), repeats, 1e6 * *std::ranges::max_element(first));
        fmt::print("a task right after it: {:.0f} us\n", 1e6 * median(second));
    });
}

// Question 10: what waiting costs: the CPU time of ranks that have nothing to do, and how soon the first task after a
// pause is served.
//
//     hecaton run -n 2 ./waiting
//     hecaton run -n 2 --bind core ./waiting
#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <hecaton/foundation/affinity.hpp>
#include <hecaton/hecaton.hpp>
#include <ranges>
#include <string>
#include <support/benchmark.hpp>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int repeats = 11;
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

// What the kernel leaves this rank: a core, or all of them.
std::string where() { return hecaton::detail::affinity::cpus().size() == 1 ? "bound to cores" : "not bound"; }

void report_idle(const std::vector<double>& before, const std::vector<double>& after, double seconds) {
    double most = 0;
    for (std::size_t rank = 1; rank < after.size(); ++rank)
        most = std::max(most, 100 * (after[rank] - before[rank]) / seconds);
    benchmark::report({.question = 10,
                       .what = "CPU of an idle rank, " + where(),
                       .ours = fmt::format("{:.2f} % of a core", most),
                       .peer = {},
                       .figure = most,
                       .target = "below 5 %",
                       .met = most < 5});
}

void report_first(const std::vector<double>& first, const std::vector<double>& second) {
    const double median = benchmark::median(first);
    benchmark::report(
        {.question = 10,
         .what = "first task after a pause of 1 s, " + where(),
         .ours = benchmark::time_text(median),
         .peer = benchmark::time_text(benchmark::median(second)) + ", a task right after it",
         .figure = 1e3 * median,
         .target = "below 0.3 ms",
         .met = median < 0.3e-3,
         .note = fmt::format("median of {}, the longest {}; below 2 ms is the target without a bell in shared memory",
                             first.size(), benchmark::time_text(*std::ranges::max_element(first)))});
}

}  // namespace

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, {.root_works = false}, [](hecaton::Pool& pool) {
        const auto before = cpu_by_rank(pool);
        const auto begin = Clock::now();
        std::this_thread::sleep_for(5s);
        const double idle = seconds_since(begin);
        const auto after = cpu_by_rank(pool);
        report_idle(before, after, idle);
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
        report_first(first, second);
    });
}

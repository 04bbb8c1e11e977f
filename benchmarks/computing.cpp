// Question 4: 2,000 items of a millisecond of computing: how much faster than a loop on the root.
//
//     hecaton run -n 2 ./computing
//     hecaton run -n 7 ./computing rate     only the items a second of map: oversubscribed.py runs this (question 9)
#include <fmt/core.h>

#include <cstddef>
#include <cstdint>
#include <hecaton/hecaton.hpp>
#include <string_view>
#include <support/benchmark.hpp>
#include <support/work.hpp>
#include <vector>

namespace {

constexpr std::size_t items = 2'000;
constexpr int repeats = 7;

void print_rate(hecaton::Pool& pool, const std::vector<std::uint64_t>& input) {
    pool.map(benchmark::work, std::vector<std::uint64_t>(100, input.front()));  // wakes the ranks
    const double seconds = benchmark::seconds_of([&] { return pool.map(benchmark::work, input); });
    fmt::print("{:.6g}\n", static_cast<double>(items) / seconds);
}

void report_speedup(hecaton::Pool& pool, const std::vector<std::uint64_t>& input) {
    const auto compared = benchmark::alternate(
        repeats, [&] { static_cast<void>(pool.map(benchmark::work, input)); },
        [&] {
            std::vector<std::uint64_t> result(items);
            for (std::size_t i = 0; i < items; ++i) result[i] = benchmark::work(input[i]);
        });
    benchmark::report({.question = 4,
                       .what = "2,000 items of 1 ms",
                       .ours = benchmark::time_text(compared.ours),
                       .peer = benchmark::time_text(compared.peer) + ", a loop",
                       .figure = 1 / compared.ratio,
                       .target = "at least 1.90 times as fast",
                       .met = 1 / compared.ratio >= 1.90,
                       .note = fmt::format("{} ranks, {} chunks", pool.size(), pool.last_map().chunks)});
}

}  // namespace

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [&](hecaton::Pool& pool) {
        const std::vector<std::uint64_t> input(items, benchmark::steps_for(1e-3));
        if (argc > 1 && std::string_view(argv[1]) == "rate")
            print_rate(pool, input);
        else
            report_speedup(pool, input);
    });
}

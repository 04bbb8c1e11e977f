// Question 3: one million items with automatic chunks, against a loop on the root.
//
//     hecaton run -n 2 ./automatic_chunks
//
// Counted on both sides: from the input to the result in a vector of its own, which is allocated then.
#include <fmt/core.h>

#include <cstddef>
#include <cstdint>
#include <hecaton/hecaton.hpp>
#include <numeric>
#include <stdexcept>
#include <string>
#include <support/benchmark.hpp>
#include <support/work.hpp>
#include <vector>

namespace {

constexpr std::size_t items = 1'000'000;
constexpr int repeats = 9;

std::string details(const hecaton::Report& report) {
    return fmt::format("the last map: {} chunks on {} ranks, {} of computing, {} on the busier one", report.chunks,
                       report.workers, benchmark::time_text(report.serial_seconds),
                       benchmark::time_text(report.longest_seconds));
}

// Some multiplications that do not vectorise: about a nanosecond.
std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31U);
}

template <class F>
benchmark::Comparison against_a_loop(hecaton::Pool& pool, F f, const std::vector<std::uint64_t>& input) {
    std::vector<std::uint64_t> ours, loop;
    const auto compared = benchmark::alternate(
        repeats,
        [&] {
            ours = {};
            return benchmark::seconds_of([&] { ours = pool.map(f, input); });
        },
        [&] {
            loop = {};
            return benchmark::seconds_of([&] {
                loop.resize(items);
                for (std::size_t i = 0; i < items; ++i) loop[i] = f(input[i]);
            });
        });
    if (ours != loop) throw std::logic_error("wrong results");
    return compared;
}

}  // namespace

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [](hecaton::Pool& pool) {
        std::vector<std::uint64_t> input(items);
        std::iota(input.begin(), input.end(), std::uint64_t{0});
        const auto cheap = against_a_loop(
            pool, [](std::uint64_t x) { return mix(x); }, input);
        benchmark::report({.question = 3,
                           .what = fmt::format("1 million items of {}, automatic chunks",
                                               benchmark::time_text(cheap.peer / static_cast<double>(items))),
                           .ours = benchmark::time_text(cheap.ours),
                           .peer = benchmark::time_text(cheap.peer) + ", a loop",
                           .figure = cheap.ratio,
                           .target = "at most 1.05 of the loop's time",
                           .met = cheap.ratio <= 1.05,
                           .note = details(pool.last_map())});
        input.assign(items, benchmark::steps_for(1e-6));
        const auto longer = against_a_loop(
            pool, [](std::uint64_t steps) { return benchmark::work(steps); }, input);
        benchmark::report({.question = 3,
                           .what = "1 million items of 1 us, automatic chunks",
                           .ours = benchmark::time_text(longer.ours),
                           .peer = benchmark::time_text(longer.peer) + ", a loop",
                           .figure = 1 / longer.ratio,
                           .target = "at least 1.90 times as fast",
                           .met = 1 / longer.ratio >= 1.90,
                           .note = details(pool.last_map())});
    });
}

// Whether the verdict of a map is right: what it says about a plain loop, beside that loop.
//
//     hecaton run -n 2 ./verdict
//
// For each cost and number of items a loop on the root and the pool's map run in turn; the medians are compared with
// what last_map() says. The exit status is 1 when a verdict is on the wrong side by more than a quarter.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <hecaton/hecaton.hpp>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr int repeats = 5;

// A chain of multiplications that no compiler shortens; one takes about a nanosecond.
std::uint64_t work(std::uint64_t steps) {
    std::uint64_t x = steps | 1U;
    for (std::uint64_t i = 0; i < steps; ++i) x = x * 6364136223846793005U + 1442695040888963407U;
    return x;
}

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

struct Comparison {
    double item = 0;       // seconds, in the loop
    double measured = 0;   // the loop's time over the map's
    double predicted = 0;  // the same by the report
    std::string verdict;
};

Comparison compare(hecaton::Pool& pool, std::size_t items, std::uint64_t steps) {
    const std::vector<std::uint64_t> input(items, steps);
    std::vector<double> loop, ratio, said;
    Comparison result;
    volatile std::uint64_t sink = 0;
    for (int i = 0; i < repeats; ++i) {
        auto begin = Clock::now();
        std::vector<std::uint64_t> output(items);
        for (std::size_t j = 0; j < items; ++j) output[j] = work(input[j]);
        loop.push_back(seconds_since(begin));
        sink = sink + output.back();
        begin = Clock::now();
        sink = sink + pool.map(work, input).back();
        ratio.push_back(loop.back() / seconds_since(begin));
        said.push_back(pool.last_map().speedup());
        result.verdict = pool.last_map().verdict();
    }
    result.item = median(loop) / static_cast<double>(items);
    result.measured = median(ratio);
    result.predicted = median(said);
    return result;
}

bool on_the_wrong_side(const Comparison& c) {
    constexpr double quarter = 1.25;
    return (c.measured > quarter && c.predicted < 1) || (c.measured < 1 / quarter && c.predicted > 1);
}

}  // namespace

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [](hecaton::Pool& pool) {
        int wrong = 0;
        fmt::print("{} ranks; loop / map: above 1 the map was faster\n\n", pool.size());
        fmt::print("| items | of | loop / map, measured | by the report | the verdict |\n|---|---|---|---|---|\n");
        for (const std::uint64_t steps : {10U, 100U, 1'000U, 10'000U, 100'000U, 1'000'000U})
            for (const std::size_t items : {1U, 5U, 100U, 1'000U, 100'000U, 1'000'000U}) {
                if (static_cast<double>(steps) * static_cast<double>(items) > 5e8) continue;
                const Comparison c = compare(pool, items, steps);
                const bool bad = on_the_wrong_side(c);
                wrong += bad ? 1 : 0;
                fmt::print("| {} | {:.3g} us | {:.3g} | {:.3g}{} | {} |\n", items, 1e6 * c.item, c.measured,
                           c.predicted, bad ? " (wrong side)" : "", c.verdict);
            }
        fmt::print("\n{} of the verdicts on the wrong side\n", wrong);
        return wrong == 0 ? 0 : 1;
    });
}

#include <algorithm>
#include <cmath>
#include <limits>
#include <support/benchmark.hpp>
#include <support/work.hpp>

namespace benchmark {

std::uint64_t work(std::uint64_t steps) {
    std::uint64_t x = steps | 1U;
    for (std::uint64_t i = 0; i < steps; ++i) x = x * 6364136223846793005U + 1442695040888963407U;
    return x;
}

std::uint64_t steps_for(double seconds) {
    constexpr std::uint64_t probe = 1'000'000;
    constexpr int probes = 20;
    double quickest = std::numeric_limits<double>::max();
    volatile std::uint64_t sink = 0;
    for (int i = 0; i < probes; ++i) quickest = std::min(quickest, seconds_of([&] { sink = work(probe); }));
    return static_cast<std::uint64_t>(std::llround(seconds / quickest * static_cast<double>(probe)));
}

}  // namespace benchmark

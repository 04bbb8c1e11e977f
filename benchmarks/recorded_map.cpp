// Question 17: a map of items of 100 us, which each rank runs 10,000 times a second. Prints the seconds that it takes,
// median of 3, and nothing else: recording.py runs this in turn with and without a recording, and makes the row.
//
//     hecaton run -n 2 ./recorded_map 100000
//
// The argument is the number of steps of an item, the same each time: a step takes about a nanosecond.
#include <fmt/core.h>

#include <cstdint>
#include <cstdlib>
#include <hecaton/hecaton.hpp>
#include <support/benchmark.hpp>
#include <support/work.hpp>
#include <vector>

namespace {

constexpr std::size_t items_a_rank = 10'000;
constexpr int repeats = 3;

}  // namespace

int main(int argc, char** argv) {
    const std::uint64_t steps = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
    return hecaton::run(argc, argv, [steps](hecaton::Pool& pool) {
        const std::vector<std::uint64_t> input(items_a_rank * static_cast<std::size_t>(pool.size()), steps);
        std::vector<double> times;
        for (int i = 0; i <= repeats; ++i) {
            const double seconds = benchmark::seconds_of([&] { pool.map(benchmark::work, input); });
            if (i > 0) times.push_back(seconds);  // the first one finds out what an item costs
        }
        fmt::print("{:.6g}\n", benchmark::median(times));
    });
}

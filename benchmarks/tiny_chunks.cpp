// Question 2: one million items with chunk_size = 1. Prints the items a second, median of 3, and nothing else:
// tiny_chunks.py runs this in turn with other people's pools, and makes the rows.
//
//     hecaton run -n 2 ./tiny_chunks
#include <fmt/core.h>

#include <cstddef>
#include <hecaton/hecaton.hpp>
#include <stdexcept>
#include <support/benchmark.hpp>
#include <vector>

namespace {

constexpr std::size_t items = 1'000'000;
constexpr int repeats = 3;

int square(int x) { return x * x; }

}  // namespace

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [](hecaton::Pool& pool) {
        std::vector<int> input(items);
        for (std::size_t i = 0; i < items; ++i) input[i] = static_cast<int>(i % 10'000);
        auto one_by_one = pool.with({.chunk_size = 1});
        std::vector<double> times;
        for (int i = 0; i <= repeats; ++i) {
            std::vector<int> result;
            const double seconds = benchmark::seconds_of([&] { result = one_by_one.map(square, input); });
            if (i > 0) times.push_back(seconds);  // the first one wakes the ranks
            if (result.back() != square(input.back())) throw std::logic_error("wrong results");
        }
        fmt::print("{:.6g}\n", static_cast<double>(items) / benchmark::median(times));
    });
}

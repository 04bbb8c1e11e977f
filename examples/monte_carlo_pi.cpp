// Pi from random points in a square: the part of them that lies in the circle, times 4. The same digits on any number
// of ranks, because point i is a hash of i (a counter-based generator), whoever computes it.
//
//     hecaton run -n 4 ./monte_carlo_pi            # or with a number of points: ./monte_carlo_pi 100000000
#include <fmt/core.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <hecaton/hecaton.hpp>
#include <ranges>

#include "argument.hpp"

// SplitMix64 by Sebastiano Vigna: the i-th number of its sequence.
std::uint64_t random_bits(std::uint64_t i) {
    std::uint64_t z = (i + 1) * 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

// How many of the points from `first` up to `last` (not included) lie in the circle: 31 bits a coordinate, no rounding.
std::uint64_t count_inside(std::uint64_t first, std::uint64_t last) {
    std::uint64_t inside = 0;
    for (std::uint64_t i = first; i < last; ++i) {
        const std::uint64_t bits = random_bits(i), x = bits >> 33, y = bits & 0x7fffffff;
        inside += x * x + y * y < std::uint64_t{1} << 62 ? 1 : 0;
    }
    return inside;
}

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [&](hecaton::Pool& pool) {
        const auto points = static_cast<std::uint64_t>(argument(argc, argv, 1, "POINTS", 20'000'000, 2'000'000'000));
        constexpr std::uint64_t block = 100'000;
        const auto count = [points](std::uint64_t b) {
            return count_inside(b * block, std::min(points, (b + 1) * block));
        };
        const auto blocks = std::views::iota(std::uint64_t{0}, (points + block - 1) / block);
        const std::uint64_t inside = pool.map_reduce(count, std::plus<>(), std::uint64_t{0}, blocks);
        fmt::print("{} of {} points are in the circle: pi is about {:.8f}\n", inside, points,
                   4.0 * static_cast<double>(inside) / static_cast<double>(points));
        fmt::print(stderr, "{}\n", pool.last_map().verdict());
    });
}

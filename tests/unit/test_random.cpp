// RandomStream: the generator's published test vectors, and streams that have nothing to do with each other.
#include <array>
#include <hecaton/tasks/random.hpp>
#include <random>
#include <set>
#include <support/catch.hpp>

using hecaton::RandomStream;
using hecaton::detail::philox;

static_assert(std::uniform_random_bit_generator<RandomStream>);

TEST_CASE("Philox4x32-10 gives the numbers of its authors' test vectors") {
    using Block = std::array<std::uint32_t, 4>;
    CHECK(philox({0, 0, 0, 0}, {0, 0}) == Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    constexpr std::uint32_t ones = 0xffffffff;
    CHECK(philox({ones, ones, ones, ones}, {ones, ones}) == Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
          Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a stream is given by its seed and its index alone") {
    RandomStream first(7, 3);
    RandomStream second(7, 3);
    for (int i = 0; i < 100; ++i) CHECK(first() == second());
    RandomStream copy = first;
    CHECK(copy() == first());
}

TEST_CASE("no number comes twice in streams of neighbouring seeds and indices") {
    std::set<std::uint64_t> seen;
    for (std::uint64_t seed = 0; seed < 10; ++seed)
        for (std::uint64_t index = 0; index < 10; ++index) {
            RandomStream stream(seed, index);
            for (int i = 0; i < 100; ++i) seen.insert(stream());
        }
    CHECK(seen.size() == 10'000);
}

TEST_CASE("the numbers are uniform: every bit is set half of the time") {
    RandomStream stream(1, 2);
    std::array<int, 64> ones{};
    constexpr int draws = 10'000;
    for (int i = 0; i < draws; ++i) {
        const std::uint64_t number = stream();
        for (unsigned bit = 0; bit < 64; ++bit) ones[bit] += static_cast<int>(number >> bit & 1U);
    }
    for (const int count : ones) CHECK(count == Approx(draws / 2).margin(300));  // 6 standard deviations
}

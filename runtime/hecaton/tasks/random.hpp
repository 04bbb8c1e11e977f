// Random numbers for tasks: Philox4x32-10, a generator that computes its n-th number from a key and a counter.
//
// Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
// The key is a seed, the upper half of the counter is an item's index: each item has 2^64 blocks of its own, on
// whatever rank it runs, and a stream costs nothing to set up.
#pragma once

#include <array>
#include <cstdint>

namespace hecaton {

/// A uniform random bit generator for the distributions of <random>. Streams of different (seed, index) never overlap.
/// Copying it copies its place in the stream.
class RandomStream {
  public:
    using result_type = std::uint64_t;

    RandomStream(std::uint64_t seed, std::uint64_t index) noexcept : seed_(seed), index_(index) {}

    static constexpr result_type min() noexcept { return 0; }
    static constexpr result_type max() noexcept { return ~result_type{0}; }
    /// The next 64 bits.
    result_type operator()() noexcept {
        if (used_ == 2) refill();
        return numbers_[used_++];
    }

  private:
    void refill() noexcept;

    std::uint64_t seed_;
    std::uint64_t index_;
    std::uint64_t block_ = 0;
    std::array<std::uint64_t, 2> numbers_{};
    unsigned used_ = 2;
};

namespace detail {
/// One block of Philox4x32-10.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) noexcept;

/// The seed of a call: PoolOptions::seed and MapOptions::seed together.
constexpr std::uint64_t call_seed(std::uint64_t pools, std::uint64_t calls) noexcept {
    constexpr std::uint64_t golden_ratio = 0x9E3779B97F4A7C15;  // spreads small numbers over 64 bits
    return pools + golden_ratio * calls;
}
}  // namespace detail

}  // namespace hecaton

#include <hecaton/tasks/random.hpp>

namespace hecaton {
namespace {

std::uint32_t low(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
std::uint32_t high(std::uint64_t value) { return static_cast<std::uint32_t>(value >> 32U); }

}  // namespace

std::array<std::uint32_t, 4> detail::philox(std::array<std::uint32_t, 4> counter,
                                            std::array<std::uint32_t, 2> key) noexcept {
    constexpr int rounds = 10;
    for (int round = 0; round < rounds; ++round) {
        const std::uint64_t first = std::uint64_t{0xD2511F53} * counter[0];
        const std::uint64_t second = std::uint64_t{0xCD9E8D57} * counter[2];
        counter = {high(second) ^ counter[1] ^ key[0], low(second), high(first) ^ counter[3] ^ key[1], low(first)};
        key[0] += 0x9E3779B9;  // the golden ratio
        key[1] += 0xBB67AE85;  // the square root of 3, minus 1
    }
    return counter;
}

void RandomStream::refill() noexcept {
    const auto bits = detail::philox({low(block_), high(block_), low(index_), high(index_)}, {low(seed_), high(seed_)});
    ++block_;
    numbers_ = {bits[0] | std::uint64_t{bits[1]} << 32U, bits[2] | std::uint64_t{bits[3]} << 32U};
    used_ = 0;
}

}  // namespace hecaton

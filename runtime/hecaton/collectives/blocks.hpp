// Which rank owns which part of a range that is dealt out in blocks.
#pragma once

#include <cstdint>

namespace hecaton {

/// Consecutive items: the index of the first, and their number.
struct Block {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    friend constexpr bool operator==(const Block&, const Block&) = default;
};

/// The block of `rank` when `items` items are dealt out to `ranks` ranks (at least 1) in rank order: items/ranks each,
/// the first items mod ranks of them one more. Not collective.
constexpr Block block_of(std::uint64_t items, int ranks, int rank) noexcept {
    const auto size = static_cast<std::uint64_t>(ranks);
    const auto me = static_cast<std::uint64_t>(rank);
    const std::uint64_t extra = items % size;
    return {items / size * me + (me < extra ? me : extra), items / size + (me < extra ? 1 : 0)};
}

}  // namespace hecaton

// ShareOrNot: whether it pays to share work with the other ranks of a pool.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hecaton::detail {

struct ShareOrNot {
    int workers = 1;
    std::size_t item_bytes = 0;       ///< of an item's arguments, and as many of its result
    double seconds_to_wake = waking;  ///< the others, as far as earlier calls have shown

    /// Whether `items` items that take the thread `seconds` are done sooner by all workers. The others have to be
    /// woken, and what goes to them and comes back has to be moved.
    bool pays(std::uint64_t items, double seconds) const noexcept;

    static constexpr double waking = 200e-6;  // seconds, until ranks that sleep have their items and the last is back
    static constexpr double per_byte = 0.25e-9;  // seconds, from process to process on one machine
    /// No thread keeps a call for longer by itself: the pool can be told to stop, and says how far it is.
    static constexpr double longest = 5e-3;
};

}  // namespace hecaton::detail

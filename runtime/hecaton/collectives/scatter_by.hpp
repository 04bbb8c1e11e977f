// scatter_by: the root's items dealt out by counts.
#pragma once

#include <concepts>
#include <hecaton/collectives/scatter_items.hpp>
#include <hecaton/transport/communicator.hpp>
#include <ranges>
#include <vector>

namespace hecaton {
namespace detail {

template <class Counts>
concept CountRange = std::ranges::forward_range<Counts> && std::integral<std::ranges::range_value_t<Counts>>;

/// Throws UsageError for a negative count.
std::uint64_t checked_count(const Call& call, std::uint64_t count, bool negative);

template <class Counts>
Dealing dealing_by(Call& call, Counts&& counts) {
    Dealing dealing{.even = false, .counts = {}};
    if (!call.is_root()) return dealing;
    call.attempt([&] {
        for (const auto count : counts) {
            bool negative = false;
            if constexpr (std::is_signed_v<std::ranges::range_value_t<Counts>>) negative = count < 0;
            dealing.counts.push_back(checked_count(call, static_cast<std::uint64_t>(count), negative));
        }
    });
    return dealing;
}

}  // namespace detail

/// Collective. Returns this rank's counts[rank] items of the root's range: the first counts[0] items are rank 0's, and
/// so on. `counts` is a range of size() whole numbers that add up to the number of items; both ranges are read on the
/// root only. Throws as scatter does, and UsageError on every rank for other counts.
template <detail::ItemRange Range, detail::CountRange Counts>
[[nodiscard]] auto scatter_by(Communicator comm, Range&& range, Counts&& counts, int root = 0) {
    detail::Call call(comm, detail::Operation::scatter_by, root, typeid(detail::item_t<Range>));
    return detail::scatter_items(call, range, detail::dealing_by(call, counts));
}

/// The same, over the world.
template <detail::ItemRange Range, detail::CountRange Counts>
[[nodiscard]] auto scatter_by(Range&& range, Counts&& counts, int root = 0) {
    return hecaton::scatter_by(detail::world_for("scatter_by"), range, counts, root);
}

}  // namespace hecaton

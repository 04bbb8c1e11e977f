// scatter: the root's items dealt out in blocks.
#pragma once

#include <hecaton/collectives/scatter_items.hpp>
#include <hecaton/transport/communicator.hpp>
#include <ranges>
#include <vector>

namespace hecaton {

/// Collective. Returns this rank's block of the root's n items: n/size items, on the first n mod size ranks one more
/// (block_of tells which). `range` is a forward range that is read on the root only; the others may give an empty one
/// of the same item type. `root` is the same on all ranks. Trivially copyable items go from a contiguous range straight
/// into the result.
///
/// Throws on every rank: UsageError when the ranks disagree about root or type or call something else, or when the root
/// is none of them; what the range or an item's serialize threw, elsewhere as a TaskError of the same standard type.
/// Throws on this rank alone: UsageError for a null communicator, or without MPI.
template <detail::ItemRange Range>
[[nodiscard]] auto scatter(Communicator comm, Range&& range, int root = 0) {
    detail::Call call(comm, detail::Operation::scatter, root, typeid(detail::item_t<Range>));
    return detail::scatter_items(call, range);
}

/// The same, over the world.
template <detail::ItemRange Range>
[[nodiscard]] auto scatter(Range&& range, int root = 0) {
    return hecaton::scatter(detail::world_for("scatter"), range, root);
}

}  // namespace hecaton

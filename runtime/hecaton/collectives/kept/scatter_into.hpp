// scatter_into: the root's items dealt out in blocks, into memory that the caller keeps.
#pragma once

#include <hecaton/collectives/kept/memory.hpp>
#include <hecaton/collectives/scatter_items.hpp>
#include <hecaton/transport/communicator.hpp>
#include <span>

namespace hecaton {
namespace detail {

template <class T, class Range>
std::span<T> scatter_items_into(Call& call, Range&& range, std::span<T> out) {
    require_travels<T>();
    call.set_room(out.size());
    const auto share = [&](int rank) { return block_of(call.items(call.root()), call.size(), rank).count; };
    if constexpr (!Travels<T>) {  // refused above, with one error
        return {};
    } else if constexpr (TravelsAsBytes<T>) {
        OutgoingBytes<T> all;
        if (call.is_root()) call.attempt([&] { all.take(range); });
        call.agree(all.items(), all.bytes());
        call.require_room(share);
        const std::span<T> mine = out.first(static_cast<std::size_t>(share(call.rank())));
        scatter_item_bytes(call, {}, all.data(), sizeof(T), {mine.data(), mine.size_bytes()});
        return mine;
    } else {
        std::uint64_t items = 0;
        if (call.is_root()) call.attempt([&] { items = static_cast<std::uint64_t>(std::ranges::distance(range)); });
        call.agree(items);
        call.require_room(share);
        return move_into(call, scatter_encoded_of<T>(call, range, {}), out);
    }
}

}  // namespace detail

/// Collective. As scatter, into the first elements of `out`, which the caller keeps: a std::span, a std::vector or
/// another contiguous range of the items' type. Returns these elements; the others are left as they are. `out` and
/// `range` do not overlap. Trivially copyable items go from a contiguous range straight to their place, and no memory
/// is taken for them.
///
/// Throws what scatter does; and on every rank UsageError where `out` is too small on some. `out` holds nothing certain
/// after another error.
template <detail::ItemRange Range, detail::KeptMemory Out>
auto scatter_into(Communicator comm, Range&& range, Out&& out, int root = 0) {
    using T = detail::item_t<Range>;
    detail::require_kept<T, Out>();
    detail::Call call(comm, detail::Operation::scatter_into, root, typeid(T));
    return detail::scatter_items_into<T>(call, range, detail::kept_span(out));
}

/// The same, over the world.
template <detail::ItemRange Range, detail::KeptMemory Out>
auto scatter_into(Range&& range, Out&& out, int root = 0) {
    return hecaton::scatter_into(detail::world_for("scatter_into"), range, out, root);
}

}  // namespace hecaton

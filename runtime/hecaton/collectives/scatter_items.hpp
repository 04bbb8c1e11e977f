// The common part of scatter, scatter_by, map and for_each_block: from a range on the root to a vector on each rank.
#pragma once

#include <algorithm>
#include <cstdint>
#include <hecaton/collectives/blocks.hpp>
#include <hecaton/collectives/call.hpp>
#include <hecaton/collectives/items.hpp>
#include <span>
#include <vector>

namespace hecaton::detail {

/// How the items are dealt out: evenly, or by the root's counts.
struct Dealing {
    bool even = true;
    std::vector<std::uint64_t> counts;  ///< on the root, of size() ranks

    /// Throws UsageError unless there is a count for each rank and they add up to the number of items.
    void check(const Call& call, std::uint64_t items) const;
};

/// For trivially copyable items, after the agreement: the number of items that this rank gets.
std::uint64_t share_of_items(const Call& call, const Dealing& dealing);
/// The same, and the bytes.
void scatter_item_bytes(const Call& call, const Dealing& dealing, const void* send, std::uint64_t item_size,
                        Part receive);

template <class T, class Range>
std::vector<T> scatter_bytes_of(Call& call, Range&& range, const Dealing& dealing) {
    OutgoingBytes<T> out;
    if (call.is_root()) {
        call.attempt([&] {
            out.take(range);
            dealing.check(call, out.items());
        });
    }
    call.agree(out.items(), out.bytes());
    Arrivals<T> arrivals;
    const std::uint64_t mine = share_of_items(call, dealing);
    call.make_room(call.bytes(call.root()), [&] { arrivals.make_room(mine); });
    scatter_item_bytes(call, dealing, out.data(), sizeof(T), arrivals.part());
    return arrivals.take();
}

/// The root's encoded items, rank after rank. It does not encode its own items, but copies them while the others decode
/// theirs.
template <class T, class Range>
struct EncodedShares {
    Buffer bytes;
    std::vector<Share> shares;
    std::uint64_t items = 0;
    std::ranges::iterator_t<Range> own;  // where they begin
    std::uint64_t own_first = 0;         // the index of the first of them

    void take(const Call& call, Range& range, const Dealing& dealing, std::uint64_t& at) {
        items = static_cast<std::uint64_t>(std::ranges::distance(range));
        dealing.check(call, items);
        Writer writer(bytes);
        auto next = std::ranges::begin(range);
        for (int rank = 0; rank < call.size(); ++rank) {
            const std::uint64_t count = dealing.even ? block_of(items, call.size(), rank).count
                                                     : dealing.counts[static_cast<std::size_t>(rank)];
            const std::size_t before = bytes.size();
            if (rank == call.rank()) {
                own = next;
                own_first = at;
                std::ranges::advance(next, static_cast<std::ranges::range_difference_t<Range>>(count));
                at += count;
            } else {
                for (std::uint64_t i = 0; i < count; ++i, ++next, ++at) encode<T>(writer, as_item<T>(*next));
            }
            shares.push_back({count, bytes.size() - before});
        }
    }
    void keep_own(std::uint64_t count, std::vector<T>& to, std::uint64_t& at) {
        at = own_first;
        for (auto next = own; count > 0; --count, ++next, ++at) to.push_back(as_item<T>(*next));
    }
};

/// Sends the encoded shares to their ranks; returns this rank's, empty on the root. `receive` has its size.
void scatter_encoded(const Call& call, const Buffer& send, std::span<const Share> shares, Buffer& receive);

template <class T, class Range>
std::vector<T> scatter_encoded_of(Call& call, Range&& range, const Dealing& dealing) {
    EncodedShares<T, std::remove_reference_t<Range>> out;
    std::uint64_t at = 0;
    if (call.is_root()) call.attempt(at, [&] { out.take(call, range, dealing, at); });
    call.agree(out.items, out.bytes.size());
    const Share mine = call.scatter_shares(out.shares);
    Buffer in;
    call.make_room(call.bytes(call.root()), [&] { in = Buffer(static_cast<std::size_t>(mine.bytes)); });
    scatter_encoded(call, out.bytes, out.shares, in);
    std::vector<T> values;
    at = block_of(call.items(call.root()), call.size(), call.rank()).first;
    call.attempt(at, [&] {
        values.reserve(static_cast<std::size_t>(mine.items));
        if (call.is_root()) {
            out.keep_own(mine.items, values, at);
        } else {
            decode_items(in.bytes(), mine.items, values, at);
        }
    });
    const std::uint64_t items = call.items(call.root());
    call.agree(items);  // still the answer to call.items(root)
    return values;
}

/// Collective. This rank's items of the root's range. call.items(call.root()) is then the number of all items.
template <class Range>
std::vector<item_t<Range>> scatter_items(Call& call, Range&& range, const Dealing& dealing = {}) {
    using T = item_t<Range>;
    require_travels<T>();
    if constexpr (!Travels<T>) {  // refused above, with one error
        return {};
    } else if constexpr (TravelsAsBytes<T>) {
        return scatter_bytes_of<T>(call, range, dealing);
    } else {
        return scatter_encoded_of<T>(call, range, dealing);
    }
}

}  // namespace hecaton::detail

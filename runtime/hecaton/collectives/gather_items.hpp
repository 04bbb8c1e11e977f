// The common part of gather, all_gather and map: from a range on each rank to one vector.
#pragma once

#include <cstdint>
#include <hecaton/collectives/blocks.hpp>
#include <hecaton/collectives/call.hpp>
#include <hecaton/collectives/items.hpp>
#include <span>
#include <vector>

namespace hecaton::detail {

enum class Receiver : bool { root, everyone };

inline bool receives(const Call& call, Receiver receiver) { return receiver == Receiver::everyone || call.is_root(); }

/// Collects the bytes of the last agreement at `receive` on the receivers, in rank order.
void gather_agreed(const Call& call, Receiver receiver, ConstPart send, void* receive);

template <class T, class Range>
std::vector<T> gather_bytes_of(Call& call, Receiver receiver, Range&& range) {
    OutgoingBytes<T> out;
    call.attempt([&] { out.take(range); });
    call.agree(out.items(), out.bytes(), out.data());
    Arrivals<T> arrivals;
    call.make_room(call.total_bytes(), [&] {
        if (receives(call, receiver)) arrivals.make_room(call.total_items());
    });
    gather_agreed(call, receiver, {out.data(), out.bytes()}, arrivals.data());
    return arrivals.take();
}

template <class T, class Range>
void keep_items(Range&& range, std::vector<T>& to, std::uint64_t& at) {
    if constexpr (std::ranges::sized_range<Range>) to.reserve(static_cast<std::size_t>(std::ranges::size(range)));
    for (auto&& item : range) {
        if constexpr (std::is_same_v<Range, std::vector<T>> && !std::is_same_v<T, bool>) {
            to.push_back(std::move(item));  // an rvalue: its items are ours
        } else {
            to.push_back(as_item<T>(item));
        }
        ++at;
    }
}

/// The values of the ranks one after the other, on a receiver; `own` are this rank's, if it did not encode them.
template <class T>
void decode_ranks(const Call& call, std::span<const std::byte> bytes, bool kept, std::vector<T>& own,
                  std::vector<T>& values, std::uint64_t& at) {
    const auto total = static_cast<std::size_t>(call.total_items());
    if (!kept || call.rank() != 0) values.reserve(total);
    for (int rank = 0; rank < call.size(); ++rank) {
        const auto size = static_cast<std::size_t>(call.bytes(rank));
        if (!kept || rank != call.rank()) {
            decode_items(bytes.first(size), call.items(rank), values, at);
        } else if (rank == 0) {
            values = std::move(own);
            values.reserve(total);
        } else {
            for (auto&& value : own) values.push_back(std::move(value));
        }
        bytes = bytes.subspan(size);
    }
}

template <class T, class Range>
std::vector<T> gather_encoded_of(Call& call, Receiver receiver, Range&& range) {
    Buffer out;
    std::vector<T> own;
    std::uint64_t items = 0;
    // Its own need not be encoded: it copies them while the others encode theirs.
    const bool keeps = receiver == Receiver::root && call.is_root();
    call.attempt(items, [&] {
        if (keeps) return keep_items<T>(std::forward<Range>(range), own, items);
        Writer writer(out);
        for (auto&& item : range) {
            encode<T>(writer, as_item<T>(item));
            ++items;
        }
    });
    call.agree(items, out.size(), out.data());
    Buffer in;
    call.make_room(call.total_bytes(), [&] {
        if (receives(call, receiver)) in = Buffer(static_cast<std::size_t>(call.total_bytes()));
    });
    gather_agreed(call, receiver, {out.data(), out.size()}, in.data());
    std::vector<T> values;
    std::uint64_t at = 0;
    if (receives(call, receiver)) call.attempt(at, [&] { decode_ranks(call, in.bytes(), keeps, own, values, at); });
    call.agree();
    return values;
}

/// Collective. The items of all ranks in rank order; empty where they do not go.
template <class Range>
std::vector<item_t<Range>> gather_items(Call& call, Receiver receiver, Range&& range) {
    using T = item_t<Range>;
    require_travels<T>();
    if constexpr (!Travels<T>) {  // refused above, with one error
        return {};
    } else if constexpr (TravelsAsBytes<T>) {
        return gather_bytes_of<T>(call, receiver, range);
    } else {
        return gather_encoded_of<T>(call, receiver, std::forward<Range>(range));
    }
}

/// The same for a range, or for a scalar, which is a range of one.
template <class Given>
auto gather_given(Call& call, Receiver receiver, Given&& given) {
    if constexpr (ItemRange<Given>) {
        return gather_items(call, receiver, given);
    } else {
        using T = travels_as_t<Given>;
        return call.with_converted<T>(given, [&](const T& value) {
            return gather_items(call, receiver, std::span<const T>(std::addressof(value), 1));
        });
    }
}

template <class Given>
struct GatheredOf {
    using type = travels_as_t<Given>;
};
template <ItemRange Given>
struct GatheredOf<Given> {
    using type = item_t<Given>;
};

/// The type of a gather's results.
template <class Given>
using gathered_t = typename GatheredOf<Given>::type;

}  // namespace hecaton::detail

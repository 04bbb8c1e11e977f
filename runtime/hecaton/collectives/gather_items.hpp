// What gather, all_gather and map have in common: from a range on each rank to one vector.
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

/// What all ranks gave to the last agreement arrives at `receive` on the receivers, in rank order.
void gather_agreed(const Call& call, Receiver receiver, ConstPart send, void* receive);

template <class T, class Range>
std::vector<T> gather_bytes_of(Call& call, Receiver receiver, Range&& range) {
    OutgoingBytes<T> out;
    call.attempt([&] { out.take(range); });
    call.agree(out.items(), out.bytes(), out.data());
    Arrivals<T> arrivals;
    if (receives(call, receiver)) call.attempt([&] { arrivals.make_room(call.total_items()); });
    call.settle_memory(call.total_bytes());
    gather_agreed(call, receiver, {out.data(), out.bytes()}, arrivals.data());
    return arrivals.take();
}

template <class T, class Range>
void keep_items(Range&& range, std::vector<T>& to) {
    for (auto&& item : range) {
        if constexpr (std::is_same_v<Range, std::vector<T>> && !std::is_same_v<T, bool>) {
            to.push_back(std::move(item));  // an rvalue: its items are nobody else's
        } else {
            to.push_back(as_item<T>(item));
        }
    }
}

template <class T, class Range>
std::vector<T> gather_encoded_of(Call& call, Receiver receiver, Range&& range) {
    Buffer out;
    std::uint64_t items = 0;
    const bool keeps = receiver == Receiver::root && call.is_root();  // its own need not be encoded
    call.attempt(items, [&] {
        Writer writer(out);
        for (auto&& item : range) {
            if (!keeps) encode<T>(writer, as_item<T>(item));
            ++items;
        }
    });
    call.agree(items, out.size(), out.data());
    Buffer in;
    if (receives(call, receiver)) call.attempt([&] { in.grow_by(static_cast<std::size_t>(call.total_bytes())); });
    call.settle_memory(call.total_bytes());
    gather_agreed(call, receiver, {out.data(), out.size()}, in.data());
    std::vector<T> values;
    std::uint64_t at = 0;
    if (receives(call, receiver)) {
        call.attempt(at, [&] {
            values.reserve(static_cast<std::size_t>(call.total_items()));
            std::size_t offset = 0;
            for (int rank = 0; rank < call.size(); ++rank) {
                const auto size = static_cast<std::size_t>(call.bytes(rank));
                if (keeps && rank == call.rank()) {
                    keep_items<T>(std::forward<Range>(range), values);
                } else {
                    decode_items(in.bytes().subspan(offset, size), call.items(rank), values, at);
                }
                offset += size;
            }
        });
    }
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
        if constexpr (std::is_same_v<T, std::remove_cvref_t<Given>>) {
            return gather_items(call, receiver, std::span<const T>(std::addressof(given), 1));
        } else {
            const T value(given);
            return gather_items(call, receiver, std::span<const T>(&value, 1));
        }
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

/// What the results of a gather hold.
template <class Given>
using gathered_t = typename GatheredOf<Given>::type;

}  // namespace hecaton::detail

// gather_into, all_gather_into: the items of all ranks, one after the other, in memory that the caller keeps.
#pragma once

#include <hecaton/collectives/gather_items.hpp>
#include <hecaton/collectives/kept/memory.hpp>
#include <hecaton/transport/communicator.hpp>
#include <span>

namespace hecaton {
namespace detail {

template <class T, class Range>
std::span<T> gather_items_into(Call& call, Receiver receiver, Range&& range, std::span<T> out) {
    require_travels<T>();
    call.set_room(out.size());
    const auto require_room = [&] {
        const std::uint64_t all = call.total_items();
        call.require_room([&](int rank) { return receiver == Receiver::everyone || rank == call.root() ? all : 0; });
    };
    if constexpr (!Travels<T>) {  // refused above, with one error
        return {};
    } else if constexpr (TravelsAsBytes<T>) {
        OutgoingBytes<T> mine;
        call.attempt([&] { mine.take(range); });
        call.agree(mine.items(), mine.bytes(), mine.data());
        require_room();
        const auto all = static_cast<std::size_t>(receives(call, receiver) ? call.total_items() : 0);
        gather_agreed(call, receiver, {mine.data(), mine.bytes()}, out.data());
        return out.first(all);
    } else {
        std::uint64_t items = 0;
        call.attempt([&] { items = static_cast<std::uint64_t>(std::ranges::distance(range)); });
        call.agree(items);
        require_room();
        return move_into(call, gather_encoded_of<T>(call, receiver, range), out);
    }
}

template <class Given, class Out>
auto gather_given_into(Call& call, Receiver receiver, Given&& given, Out&& out) {
    using T = gathered_t<Given>;
    require_kept<T, Out>();
    if constexpr (ItemRange<Given>) {
        return gather_items_into<T>(call, receiver, given, kept_span(out));
    } else {
        return call.with_converted<T>(given, [&](const T& value) {
            return gather_items_into<T>(call, receiver, std::span<const T>(std::addressof(value), 1), kept_span(out));
        });
    }
}

}  // namespace detail

/// Collective. As gather, into the first elements of `out` on the root, which the caller keeps: a std::span, a
/// std::vector or another contiguous range of the items' type. Returns these elements, and none on the other ranks,
/// whose `out` is not touched and may be empty. `out` and `given` do not overlap. Trivially copyable items go from a
/// contiguous range straight to their place, and no memory is taken for them.
///
/// Throws what gather does; and on every rank UsageError where the root's `out` is too small. `out` holds nothing
/// certain after another error.
template <class Given, detail::KeptMemory Out>
auto gather_into(Communicator comm, Given&& given, Out&& out, int root = 0) {
    detail::Call call(comm, detail::Operation::gather_into, root, typeid(detail::gathered_t<Given>));
    return detail::gather_given_into(call, detail::Receiver::root, given, out);
}

/// The same, over the world.
template <detail::NotCommunicator Given, detail::KeptMemory Out>
auto gather_into(Given&& given, Out&& out, int root = 0) {
    return hecaton::gather_into(detail::world_for("gather_into"), given, out, root);
}

/// Collective. As gather_into, but every rank gets the items, and has room for them.
template <class Given, detail::KeptMemory Out>
auto all_gather_into(Communicator comm, Given&& given, Out&& out) {
    detail::Call call(comm, detail::Operation::all_gather_into, 0, typeid(detail::gathered_t<Given>));
    return detail::gather_given_into(call, detail::Receiver::everyone, given, out);
}

/// The same, over the world.
template <detail::NotCommunicator Given, detail::KeptMemory Out>
auto all_gather_into(Given&& given, Out&& out) {
    return hecaton::all_gather_into(detail::world_for("all_gather_into"), given, out);
}

}  // namespace hecaton

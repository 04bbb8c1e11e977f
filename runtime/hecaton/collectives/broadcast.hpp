// broadcast: the root's value on every rank.
#pragma once

#include <hecaton/collectives/call.hpp>
#include <hecaton/collectives/items.hpp>
#include <hecaton/transport/byte_collectives.hpp>
#include <hecaton/transport/communicator.hpp>
#include <memory>
#include <type_traits>
#include <utility>

namespace hecaton {
namespace detail {

/// A value of a type that travels as bytes; a small one arrives with the agreement.
template <class V>
V broadcast_bytes_value(Call& call, V value) {
    call.agree(1, sizeof(V), call.is_root() ? static_cast<const void*>(std::addressof(value)) : nullptr);
    if constexpr (sizeof(V) <= sizeof(Statement::payload)) {
        if (!call.is_root()) return *ByteIterator<V>(call.payload(call.root()).data());
    } else {
        Buffer bytes;
        void* place = std::addressof(value);
        call.make_room(sizeof(V), [&] {
            if (!call.is_root()) bytes = Buffer(sizeof(V));
        });
        if (!call.is_root()) place = bytes.data();
        broadcast_bytes(call.communicator(), place, sizeof(V), call.root());
        if (!call.is_root()) return *ByteIterator<V>(bytes.data());
    }
    return value;
}

template <class V>
V broadcast_array(Call& call, V value) {
    using T = typename V::value_type;
    call.agree(value.size(), value.size() * sizeof(T), value.data());
    const std::uint64_t bytes = call.bytes(call.root());
    call.make_room(bytes, [&] {
        if (!call.is_root()) value.resize(static_cast<std::size_t>(call.items(call.root())));
    });
    if (bytes > sizeof(Statement::payload)) {
        broadcast_bytes(call.communicator(), value.data(), bytes, call.root());
    } else if (!call.is_root() && bytes != 0) {
        std::memcpy(static_cast<void*>(value.data()), call.payload(call.root()).data(),
                    static_cast<std::size_t>(bytes));
    }
    return value;
}

/// Sends the root's encoded value to the other ranks, which give an empty buffer.
void broadcast_encoded(Call& call, Buffer& bytes);

template <class V, class Value>
V broadcast_encoded_value(Call& call, Value&& value) {
    Buffer bytes;
    if (call.is_root() && call.size() > 1) {
        call.attempt([&] {
            Writer writer(bytes);
            encode<V>(writer, value);
        });
    }
    broadcast_encoded(call, bytes);
    std::unique_ptr<V> result;
    call.attempt([&] {
        if (call.is_root()) {
            result = std::make_unique<V>(std::forward<Value>(value));
        } else {
            result = std::make_unique<V>(decode_whole<V>(bytes.bytes()));
        }
    });
    call.agree();
    return std::move(*result);
}

}  // namespace detail

/// Collective. Returns the root's value; the others' values count only by their type. A vector or string of
/// trivially copyable elements is sent from and received into its place; give it as an rvalue
/// (`table = hecaton::broadcast(comm, std::move(table))`) and it is not copied on any rank. `root` is the same on all
/// ranks.
///
/// Throws on every rank: UsageError when the ranks disagree about root or type or call something else, or when the root
/// is none of them; what the value's serialize threw on some rank, elsewhere as a TaskError of the same standard type.
/// Throws on this rank alone: UsageError for a null communicator, or without MPI.
template <class Value>
[[nodiscard]] detail::travels_as_t<Value> broadcast(Communicator comm, Value&& value, int root = 0) {
    using V = detail::travels_as_t<Value>;
    detail::require_travels<V>();
    detail::Call call(comm, detail::Operation::broadcast, root, typeid(V));
    if constexpr (!Travels<V>) {  // refused above, with one error
        return std::forward<Value>(value);
    } else if constexpr (TravelsAsBytes<V>) {
        return detail::broadcast_bytes_value<V>(call, value);
    } else if constexpr (detail::is_array_of_bytes<V>) {
        V mine;
        call.attempt([&] {  // a copy of an lvalue is wanted on the root only
            if (!std::is_lvalue_reference_v<Value> || call.is_root()) mine = V(std::forward<Value>(value));
        });
        return detail::broadcast_array<V>(call, std::move(mine));
    } else {
        return detail::broadcast_encoded_value<V>(call, std::forward<Value>(value));
    }
}

/// The same, over the world.
template <detail::NotCommunicator Value>
[[nodiscard]] detail::travels_as_t<Value> broadcast(Value&& value, int root = 0) {
    return hecaton::broadcast(detail::world_for("broadcast"), std::forward<Value>(value), root);
}

}  // namespace hecaton

// broadcast_into: the root's elements in the place of those of all other ranks.
#pragma once

#include <hecaton/collectives/broadcast.hpp>
#include <hecaton/collectives/kept/memory.hpp>
#include <hecaton/transport/communicator.hpp>
#include <span>

namespace hecaton {
namespace detail {

template <class T>
void broadcast_bytes_into(Call& call, std::span<T> data) {
    const std::uint64_t bytes = data.size_bytes();
    call.agree(data.size(), bytes, call.is_root() ? data.data() : nullptr);
    call.require_same_items("elements");
    if (bytes > sizeof(Statement::payload)) {
        broadcast_bytes(call.communicator(), data.data(), bytes, call.root());
    } else if (!call.is_root() && bytes != 0) {
        std::memcpy(static_cast<void*>(data.data()), call.payload(call.root()).data(), static_cast<std::size_t>(bytes));
    }
}

template <class T>
void broadcast_encoded_into(Call& call, std::span<T> data) {
    call.agree(data.size());
    call.require_same_items("elements");
    Buffer bytes;
    std::uint64_t at = 0;
    if (call.is_root() && call.size() > 1) {
        call.attempt(at, [&] {
            Writer writer(bytes);
            for (; at < data.size(); ++at) encode<T>(writer, data[static_cast<std::size_t>(at)]);
        });
    }
    broadcast_encoded(call, bytes);
    if (!call.is_root()) {
        call.attempt(at, [&] {
            Reader reader(bytes.bytes());
            for (; at < data.size(); ++at) data[static_cast<std::size_t>(at)] = decode<T>(reader);
            if (reader.remaining() != 0) reader.fail("bytes are left over");
        });
    }
    call.agree();
}

}  // namespace detail

/// Collective. Puts the root's elements in the place of the other ranks', of which there must be as many. `data` is a
/// std::span, a std::vector or another contiguous range that the caller keeps. No memory is taken for trivially
/// copyable elements. `root` is the same on all ranks.
///
/// Throws on every rank: UsageError when the ranks disagree about root, type or number or call something else, or when
/// the root is none of them; what an element's serialize threw on some rank, elsewhere as a TaskError of the same
/// standard type: `data` then holds nothing certain on the other ranks. Throws on this rank alone: UsageError for a
/// null communicator, or without MPI.
template <detail::KeptMemory Data>
void broadcast_into(Communicator comm, Data&& data, int root = 0) {
    using T = std::ranges::range_value_t<Data>;
    detail::require_travels<T>();
    detail::Call call(comm, detail::Operation::broadcast_into, root, typeid(T));
    if constexpr (TravelsAsBytes<T>) {
        detail::broadcast_bytes_into(call, detail::kept_span(data));
    } else if constexpr (Travels<T>) {  // refused above, with one error
        detail::broadcast_encoded_into(call, detail::kept_span(data));
    }
}

/// The same, over the world.
template <detail::KeptMemory Data>
void broadcast_into(Data&& data, int root = 0) {
    hecaton::broadcast_into(detail::world_for("broadcast_into"), data, root);
}

}  // namespace hecaton

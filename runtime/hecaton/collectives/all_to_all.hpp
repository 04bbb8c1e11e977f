// all_to_all: an item from each rank to each rank.
#pragma once

#include <hecaton/collectives/call.hpp>
#include <hecaton/collectives/items.hpp>
#include <hecaton/transport/byte_collectives.hpp>
#include <hecaton/transport/communicator.hpp>
#include <vector>

namespace hecaton {
namespace detail {

/// Trivially copyable items: `send` holds one for each rank, `receive` has room for one from each.
void all_to_all_items(Call& call, const void* send, std::size_t item_size, void* receive);

/// Tells each rank how many bytes it will get from this one; returns how many bytes each rank sends to this one.
std::vector<std::uint64_t> all_to_all_part_sizes(const Call& call, const std::vector<ConstPart>& send);

template <class T>
std::vector<T> all_to_all_bytes_of(Call& call, const std::vector<T>& items) {
    OutgoingBytes<T> out;
    call.attempt([&] { out.take(items); });
    call.agree(out.items(), out.bytes());
    call.require_items(static_cast<std::uint64_t>(call.size()), "items");
    Arrivals<T> arrivals;
    call.make_room(call.total_bytes(), [&] { arrivals.make_room(out.items()); });
    all_to_all_items(call, out.data(), sizeof(T), arrivals.data());
    return arrivals.take();
}

/// Vectors and strings of plain elements: sent from their storage, received into the storage of the results.
template <class V>
std::vector<V> all_to_all_arrays(Call& call, const std::vector<V>& items) {
    using T = typename V::value_type;
    std::vector<ConstPart> send;
    std::uint64_t total = 0;
    call.attempt([&] {
        for (const V& item : items) {
            send.push_back({item.data(), item.size() * sizeof(T)});
            total += send.back().size;
        }
    });
    call.agree(items.size(), total);
    call.require_items(static_cast<std::uint64_t>(call.size()), "items");
    const std::vector<std::uint64_t> sizes = all_to_all_part_sizes(call, send);
    std::vector<V> result;
    std::vector<Part> receive;
    call.make_room(call.total_bytes(), [&] {
        result.resize(items.size());
        receive.resize(items.size());
        for (std::size_t r = 0; r < result.size(); ++r) {
            result[r].resize(static_cast<std::size_t>(sizes[r]) / sizeof(T));
            receive[r] = {result[r].data(), sizes[r]};
        }
    });
    all_to_all_bytes(call.communicator(), send, receive, call.total_bytes());
    return result;
}

/// Encoded parts, one for each rank, which end at `ends`. Returns the received parts, one after the other, and sets
/// `sizes` to theirs.
Buffer all_to_all_encoded(Call& call, const Buffer& bytes, const std::vector<std::uint64_t>& ends,
                          std::vector<std::uint64_t>& sizes);

template <class T>
std::vector<T> all_to_all_encoded_of(Call& call, const std::vector<T>& items) {
    Buffer out;
    std::vector<std::uint64_t> ends;
    std::uint64_t at = 0;
    call.attempt(at, [&] {
        Writer writer(out);
        for (const T& item : items) {
            encode<T>(writer, item);
            ends.push_back(out.size());
            ++at;
        }
    });
    call.agree(items.size(), out.size());
    call.require_items(static_cast<std::uint64_t>(call.size()), "items");
    std::vector<std::uint64_t> sizes;
    const Buffer in = all_to_all_encoded(call, out, ends, sizes);
    std::vector<T> values;
    at = 0;
    call.attempt(at, [&] {
        std::size_t offset = 0;
        for (const std::uint64_t size : sizes) {
            decode_items(in.bytes().subspan(offset, static_cast<std::size_t>(size)), 1, values, at);
            offset += static_cast<std::size_t>(size);
        }
    });
    call.agree();
    return values;
}

}  // namespace detail

/// Collective. `items` has size() items, values or vectors of them: item r goes to rank r. Returns the items
/// for this rank, in rank order. Vectors and strings may have any length. Vectors and strings of trivially copyable
/// elements, and such items themselves, are sent from and received into their place (up to 4 MiB together they are
/// packed).
///
/// Throws on every rank: UsageError when a rank does not give size() items, or when the ranks disagree about the type
/// or call something else; what serialize threw on some rank, elsewhere as a TaskError of the same standard type.
/// Throws on this rank alone: UsageError for a null communicator, or without MPI.
template <class T>
[[nodiscard]] std::vector<T> all_to_all(Communicator comm, const std::vector<T>& items) {
    detail::require_travels<T>();
    detail::Call call(comm, detail::Operation::all_to_all, 0, typeid(T));
    if constexpr (!Travels<T>) {  // refused above, with one error
        return items;
    } else if constexpr (TravelsAsBytes<T>) {
        return detail::all_to_all_bytes_of(call, items);
    } else if constexpr (detail::is_array_of_bytes<T>) {
        return detail::all_to_all_arrays(call, items);
    } else {
        return detail::all_to_all_encoded_of(call, items);
    }
}

/// The same, over the world.
template <class T>
[[nodiscard]] std::vector<T> all_to_all(const std::vector<T>& items) {
    return hecaton::all_to_all(detail::world_for("all_to_all"), items);
}

}  // namespace hecaton

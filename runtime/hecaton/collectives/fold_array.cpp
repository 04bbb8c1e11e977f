#include <algorithm>
#include <hecaton/collectives/fold_array.hpp>
#include <hecaton/transport/byte_collectives.hpp>
#include <hecaton/transport/middle.hpp>

namespace hecaton::detail {
namespace {

// Where the blocks of all ranks lie in an array, and where the rows of one block do.
template <class P, class Byte>
std::vector<P> parts_of_array(const Call& call, Byte* array, std::uint64_t elements, std::size_t element_size) {
    std::vector<P> parts = surely([&] { return std::vector<P>(static_cast<std::size_t>(call.size())); });
    for (int rank = 0; rank < call.size(); ++rank) {
        const Block block = block_of(elements, call.size(), rank);
        if (block.count != 0)
            parts[static_cast<std::size_t>(rank)] = {array + block.first * element_size, block.count * element_size};
    }
    return parts;
}

template <class P, class Byte>
std::vector<P> parts_of_rows(const Call& call, Byte* rows, std::uint64_t row_size) {
    std::vector<P> parts = surely([&] { return std::vector<P>(static_cast<std::size_t>(call.size())); });
    if (row_size == 0) return parts;
    for (P& part : parts) {
        part = {rows, row_size};
        rows += row_size;
    }
    return parts;
}

}  // namespace

void exchange_rows(const Call& call, const void* array, std::uint64_t elements, std::size_t element_size, Rows& rows) {
    const auto send = parts_of_array<ConstPart>(call, static_cast<const std::byte*>(array), elements, element_size);
    const auto receive = parts_of_rows<Part>(call, rows.bytes.data(), rows.block.count * element_size);
    all_to_all_bytes(call.communicator(), send, receive, call.total_bytes());
}

void return_rows(const Call& call, const Rows& rows, std::uint64_t elements, std::size_t element_size, void* array) {
    const auto send = parts_of_rows<ConstPart>(call, rows.bytes.data(), rows.block.count * element_size);
    const auto receive = parts_of_array<Part>(call, static_cast<std::byte*>(array), elements, element_size);
    all_to_all_bytes(call.communicator(), send, receive,
                     elements * element_size * static_cast<std::uint64_t>(call.size()));
}

void collect_blocks(const Call& call, bool everywhere, const void* block, std::uint64_t elements,
                    std::size_t element_size, void* array) {
    std::vector<std::uint64_t> sizes = call.byte_sizes();
    for (int rank = 0; rank < call.size(); ++rank)
        sizes[static_cast<std::size_t>(rank)] = block_of(elements, call.size(), rank).count * element_size;
    const ConstPart mine{block, sizes[static_cast<std::size_t>(call.rank())]};
    if (everywhere) {
        all_gather_bytes(call.communicator(), mine, sizes, array);
    } else {
        gather_bytes(call.communicator(), mine, sizes, array, call.root());
    }
}

void collect_rows(Call& call, bool at_root_only, ConstPart mine, Buffer& rows) {
    const bool collects = !at_root_only || call.is_root();
    call.make_room(call.total_bytes(), [&] {
        if (collects) rows = Buffer(static_cast<std::size_t>(call.total_bytes()));
    });
    collect_rows(call, at_root_only, mine, rows.data());
}

void collect_rows(const Call& call, bool at_root_only, ConstPart mine, std::byte* rows) {
    if (call.all_inline()) {
        if (at_root_only && !call.is_root()) return;
        std::byte* at = rows;
        for (int rank = 0; rank < call.size(); ++rank) {
            const std::span<const std::byte> row = call.payload(rank);
            at = std::ranges::copy(row, at).out;
        }
    } else if (at_root_only) {
        gather_bytes(call.communicator(), mine, call.kept_byte_sizes(), rows, call.root());
    } else {
        all_gather_bytes(call.communicator(), mine, call.kept_byte_sizes(), rows);
    }
}

}  // namespace hecaton::detail

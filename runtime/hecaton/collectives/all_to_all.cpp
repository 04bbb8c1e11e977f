#include <algorithm>
#include <hecaton/collectives/all_to_all.hpp>
#include <hecaton/transport/byte_collectives.hpp>
#include <hecaton/transport/middle.hpp>
#include <numeric>

namespace hecaton::detail {
namespace {

// Splits `bytes` into parts that end at `ends`, or that have these sizes.
std::vector<ConstPart> parts_that_end_at(const Buffer& bytes, const std::vector<std::uint64_t>& ends) {
    std::vector<ConstPart> parts = surely([&] { return std::vector<ConstPart>(ends.size()); });
    std::uint64_t begin = 0;
    for (std::size_t rank = 0; rank < ends.size(); ++rank) {
        parts[rank] = {bytes.data() + begin, ends[rank] - begin};
        begin = ends[rank];
    }
    return parts;
}

}  // namespace

void all_to_all_items(Call& call, const void* send, std::size_t item_size, void* receive) {
    const auto ranks = static_cast<std::size_t>(call.size());
    std::vector<ConstPart> out = surely([&] { return std::vector<ConstPart>(ranks); });
    std::vector<Part> in = surely([&] { return std::vector<Part>(ranks); });
    for (std::size_t rank = 0; rank < ranks; ++rank) {
        out[rank] = {static_cast<const std::byte*>(send) + rank * item_size, item_size};
        in[rank] = {static_cast<std::byte*>(receive) + rank * item_size, item_size};
    }
    all_to_all_bytes(call.communicator(), out, in, call.total_bytes());
}

std::vector<std::uint64_t> all_to_all_part_sizes(const Call& call, const std::vector<ConstPart>& send) {
    std::vector<std::uint64_t> out = surely([&] { return std::vector<std::uint64_t>(send.size()); });
    std::vector<std::uint64_t> in = surely([&] { return std::vector<std::uint64_t>(send.size()); });
    std::ranges::transform(send, out.begin(), &ConstPart::size);
    all_to_all_sizes(call.communicator(), out, in);
    return in;
}

Buffer all_to_all_encoded(Call& call, const Buffer& bytes, const std::vector<std::uint64_t>& ends,
                          std::vector<std::uint64_t>& sizes) {
    const std::vector<ConstPart> send = parts_that_end_at(bytes, ends);
    sizes = all_to_all_part_sizes(call, send);
    Buffer in;
    const std::uint64_t total = call.total_bytes();
    std::vector<Part> receive;
    call.make_room(total, [&] {
        in = Buffer(std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0}));
        receive.resize(sizes.size());
    });
    std::byte* at = in.data();
    for (std::size_t rank = 0; rank < sizes.size(); ++rank) {
        receive[rank] = {at, sizes[rank]};
        at += sizes[rank];
    }
    all_to_all_bytes(call.communicator(), send, receive, total);
    return in;
}

}  // namespace hecaton::detail

#include <climits>
#include <hecaton/collectives/all_to_all.hpp>
#include <hecaton/transport/byte_collectives.hpp>
#include <numeric>

namespace hecaton::detail {
namespace {

// Splits `bytes` into parts that end at `ends`, or that have these sizes.
std::vector<ConstPart> parts_that_end_at(const Buffer& bytes, const std::vector<std::uint64_t>& ends) {
    std::vector<ConstPart> parts;
    std::uint64_t begin = 0;
    for (const std::uint64_t end : ends) {
        parts.push_back({bytes.data() + begin, end - begin});
        begin = end;
    }
    return parts;
}

}  // namespace

void all_to_all_items(Call& call, const void* send, std::size_t item_size, void* receive) {
    std::vector<ConstPart> out;
    std::vector<Part> in;
    for (int rank = 0; rank < call.size(); ++rank) {
        const std::size_t at = static_cast<std::size_t>(rank) * item_size;
        out.push_back({static_cast<const std::byte*>(send) + at, item_size});
        in.push_back({static_cast<std::byte*>(receive) + at, item_size});
    }
    all_to_all_bytes(call.communicator(), out, in, call.total_bytes());
}

std::vector<std::uint64_t> all_to_all_part_sizes(const Call& call, const std::vector<ConstPart>& send) {
    std::vector<std::uint64_t> out;
    out.reserve(send.size());
    for (const ConstPart& part : send) out.push_back(part.size);
    std::vector<std::uint64_t> in(out.size());
    all_to_all_sizes(call.communicator(), out, in);
    return in;
}

Buffer all_to_all_encoded(Call& call, const Buffer& bytes, const std::vector<std::uint64_t>& ends,
                          std::vector<std::uint64_t>& sizes) {
    const std::vector<ConstPart> send = parts_that_end_at(bytes, ends);
    sizes = all_to_all_part_sizes(call, send);
    Buffer in;
    const std::uint64_t total = call.total_bytes();
    call.make_room(total, [&] { in.grow_by(std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0})); });
    std::vector<Part> receive;
    std::byte* at = in.data();
    for (const std::uint64_t size : sizes) {
        receive.push_back({at, size});
        at += size;
    }
    all_to_all_bytes(call.communicator(), send, receive, total);
    return in;
}

}  // namespace hecaton::detail

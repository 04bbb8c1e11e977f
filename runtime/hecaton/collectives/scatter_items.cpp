#include <fmt/format.h>

#include <hecaton/collectives/scatter_items.hpp>
#include <hecaton/transport/byte_collectives.hpp>
#include <hecaton/transport/middle.hpp>

namespace hecaton::detail {

void Dealing::check(const Call& call, std::uint64_t items) const {
    if (even) return;
    if (counts.size() != static_cast<std::size_t>(call.size()))
        throw UsageError(fmt::format("{}: there {} {} count{} for {} rank{}: give one for each rank", call.name(),
                                     counts.size() == 1 ? "is" : "are", counts.size(), counts.size() == 1 ? "" : "s",
                                     call.size(), call.size() == 1 ? "" : "s"));
    std::uint64_t total = 0;
    for (const std::uint64_t count : counts) {
        if (count > items - total)
            throw UsageError(
                fmt::format("{}: the counts add up to more than the {} items that there are", call.name(), items));
        total += count;
    }
    if (total != items)
        throw UsageError(fmt::format("{}: the counts add up to {}, but there are {} items", call.name(), total, items));
}

std::uint64_t share_of_items(const Call& call, const Dealing& dealing) {
    if (dealing.even) return block_of(call.items(call.root()), call.size(), call.rank()).count;
    std::vector<Share> shares = surely([&] { return std::vector<Share>(dealing.counts.size()); });
    for (std::size_t rank = 0; rank < shares.size(); ++rank) shares[rank].items = dealing.counts[rank];
    return call.scatter_shares(shares).items;
}

void scatter_item_bytes(const Call& call, const Dealing& dealing, const void* send, std::uint64_t item_size,
                        Part receive) {
    const std::uint64_t items = call.items(call.root());
    const bool even = dealing.even && items % static_cast<std::uint64_t>(call.size()) == 0;
    const std::span<std::uint64_t> sizes = call.kept_byte_sizes();  // as many
    if (call.is_root()) {
        for (int rank = 0; rank < call.size(); ++rank) {
            const auto r = static_cast<std::size_t>(rank);
            sizes[r] = item_size * (dealing.even ? block_of(items, call.size(), rank).count : dealing.counts[r]);
        }
    }
    scatter_bytes(call.communicator(), send, sizes, receive, items * item_size, even, call.root());
}

void scatter_encoded(const Call& call, const Buffer& send, std::span<const Share> shares, Buffer& receive) {
    std::vector<std::uint64_t> sizes = surely([&] { return std::vector<std::uint64_t>(shares.size()); });
    std::ranges::transform(shares, sizes.begin(), &Share::bytes);
    scatter_bytes(call.communicator(), send.data(), sizes, {receive.data(), receive.size()}, call.bytes(call.root()),
                  false, call.root());
}

}  // namespace hecaton::detail

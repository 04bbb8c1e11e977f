#include <fmt/format.h>

#include <algorithm>
#include <hecaton/collectives/fold.hpp>
#include <hecaton/transport/byte_collectives.hpp>
#include <hecaton/transport/middle.hpp>

namespace hecaton::detail {

void refuse_init(std::size_t elements, std::size_t expected) {
    throw UsageError(fmt::format(
        "exclusive_scan: init has {} element{} and the values have {}: vectors are folded element by element", elements,
        elements == 1 ? "" : "s", expected));
}

namespace {
constexpr std::uint64_t window_bytes = 256U << 20U;
}

Windows::Windows(const Call& call)
    : sizes_(call.byte_sizes()), in_window_(call.byte_sizes()), all_(call.total_bytes()) {
    surely([&] { offsets_.reserve(sizes_.size()); });
}

bool Windows::next(Call& call, ConstPart mine) {
    first_ = end_;
    if (first_ == call.size()) return false;
    std::uint64_t total = 0;
    std::ranges::fill(in_window_, 0);
    offsets_.clear();
    for (; end_ < call.size(); ++end_) {
        const std::uint64_t size = sizes_[static_cast<std::size_t>(end_)];
        if (end_ != first_ && total + size > window_bytes) break;
        offsets_.push_back(static_cast<std::size_t>(total));
        in_window_[static_cast<std::size_t>(end_)] = size;
        total += size;
    }
    call.make_room(all_, [&] {  // throws also where the last window has failed
        bytes_.clear();
        if (call.is_root()) bytes_.grow_by(static_cast<std::size_t>(total));
    });
    const bool inside = call.rank() >= first_ && call.rank() < end_;
    gather_bytes(call.communicator(), inside ? mine : ConstPart{}, in_window_, bytes_.data(), call.root());
    return true;
}

std::span<const std::byte> Windows::bytes(int rank) const {
    const auto size = static_cast<std::size_t>(sizes_[static_cast<std::size_t>(rank)]);
    return bytes_.bytes().subspan(offsets_[static_cast<std::size_t>(rank - first_)], size);
}

Buffer Windows::scatter_back(Call& call, const Buffer& parts, const std::vector<Share>& shares) const {
    // Outside of the window no bytes; after a failure none at all, which all ranks learn at the next agreement.
    const auto ranks = static_cast<std::size_t>(call.size());
    std::vector<Share> all = surely([&] { return std::vector<Share>(ranks); });
    std::uint64_t total = 0;
    if (call.is_root() && !call.failed()) {
        std::copy(shares.begin(), shares.end(), all.begin() + first_);
        total = parts.size();
    }
    for (Share& share : all) share.items = total;
    const Share mine = call.scatter_shares(all);
    std::vector<std::uint64_t> sizes = surely([&] { return std::vector<std::uint64_t>(ranks); });
    std::ranges::transform(all, sizes.begin(), &Share::bytes);
    Buffer received;
    call.make_room(mine.items, [&] { received = Buffer(static_cast<std::size_t>(mine.bytes)); });
    scatter_bytes(call.communicator(), parts.data(), sizes, {received.data(), received.size()}, mine.items, false,
                  call.root());
    return received;
}

}  // namespace hecaton::detail

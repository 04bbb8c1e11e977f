#include <algorithm>
#include <hecaton/pool/lazy/items.hpp>

namespace hecaton::detail {
namespace {

// Where item `i` of the segment begins.
std::size_t offset(const ItemSegment& segment, std::uint64_t i) {
    if (segment.record_size != 0) return i * segment.record_size;
    return i == 0 ? 0 : segment.ends[i - 1];
}

std::span<const std::byte> bytes_of(const ItemSegment& segment, std::uint64_t first, std::uint64_t count) {
    const std::size_t begin = offset(segment, first - segment.first);
    return segment.bytes.bytes().subspan(begin, offset(segment, first - segment.first + count) - begin);
}

std::uint64_t from_here(const ItemSegment& segment, std::uint64_t first, std::uint64_t count) {
    return std::min(count, segment.first + segment.count - first);
}

}  // namespace

void LazyItems::add(ItemSegment segment) {
    const std::uint64_t count = segment.count;
    segments_.push_back({std::move(segment), count});
}

std::size_t LazyItems::find(std::uint64_t item) const {
    const auto behind =
        std::upper_bound(segments_.begin(), segments_.end(), item,
                         [](std::uint64_t wanted, const Held& held) { return wanted < held.segment.first; });
    return static_cast<std::size_t>(behind - segments_.begin()) - 1;
}

std::span<const std::byte> LazyItems::in_place(std::uint64_t first, std::uint64_t count) const {
    const ItemSegment& segment = segments_[find(first)].segment;
    if (from_here(segment, first, count) != count) return {};
    return bytes_of(segment, first, count);
}

void LazyItems::append(std::uint64_t first, std::uint64_t count, Buffer& to) const {
    for (std::size_t at = find(first); count != 0; ++at) {
        const ItemSegment& segment = segments_[at].segment;
        const std::uint64_t here = from_here(segment, first, count);
        to.append(bytes_of(segment, first, here));
        first += here;
        count -= here;
    }
}

std::size_t LazyItems::release(std::uint64_t first, std::uint64_t count) {
    std::size_t freed = 0;
    for (std::size_t at = find(first); count != 0; ++at) {
        Held& held = segments_[at];
        const std::uint64_t here = from_here(held.segment, first, count);
        held.unreported -= here;
        if (held.unreported == 0) {
            freed += held.segment.bytes.size();
            held.segment.bytes = Buffer();
            held.segment.ends = {};
        }
        first += here;
        count -= here;
    }
    while (!segments_.empty() && segments_.front().unreported == 0) segments_.pop_front();
    return freed;
}

}  // namespace hecaton::detail

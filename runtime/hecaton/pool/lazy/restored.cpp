#include <algorithm>
#include <hecaton/pool/lazy/restored.hpp>

namespace hecaton::detail {

LazyRestored::LazyRestored(LazyJob& job, const CallSurroundings& around)
    : shared_(around), journaled_(begin_journal(job, around, shared_)) {}

std::uint32_t LazyRestored::number_of(std::string_view host) {
    const auto found = std::find(hosts_.begin(), hosts_.end(), host);
    const auto number = static_cast<std::uint32_t>(found - hosts_.begin()) + 1;
    if (found == hosts_.end()) hosts_.emplace_back(host);
    return number;
}

Buffer LazyRestored::take(ItemSegment& segment) {
    Buffer arrivals;
    if (journaled_ == nullptr || segment.count == 0) return arrivals;
    segment.done = journaled_->restore(segment.first, segment.count, contents_of(segment, shared_),
                                       [&](const ChunkResults& results) {
                                           ArrivedChunk chunk = header_of(results);
                                           chunk.seconds = 0;  // it says nothing about what the others will take
                                           chunk.host = number_of(results.host);
                                           append_arrived(arrivals, chunk, results);
                                       });
    return arrivals;
}

}  // namespace hecaton::detail

#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/worker/wire.hpp>

namespace hecaton::detail::wire {

void OpenJob::isolate(const std::optional<ItemIsolation>& how) {
    attempts = how ? how->attempts : 0;
    timeout = how && how->timeout ? how->timeout->count() : 0;
}

std::optional<ItemIsolation> OpenJob::isolation() const {
    if (attempts == 0) return {};
    ItemIsolation how{.attempts = attempts, .timeout = {}};
    if (timeout != 0) how.timeout = std::chrono::nanoseconds(timeout);
    return how;
}

Buffer new_head() {
    Buffer head;
    head.reserve(4'096);
    return head;
}

void append(Buffer& head, const void* data, std::size_t size) {
    head.append(data, size);
    pad(head);
}

void pad(Buffer& head) {
    const std::size_t padding = aligned(head.size()) - head.size();
    if (padding != 0) std::memset(head.grow_by(padding), 0, padding);
}

std::span<const std::byte> RecordReader::bytes(std::size_t size) {
    if (at_ > head_.size() || size > head_.size() - at_)
        throw DecodeError("a message between the ranks of a pool was cut short");
    const auto result = head_.subspan(at_, size);
    at_ += aligned(size);
    return result;
}

}  // namespace hecaton::detail::wire

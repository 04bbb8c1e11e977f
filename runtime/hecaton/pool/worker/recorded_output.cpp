#include <hecaton/pool/worker/recorded_output.hpp>
#include <hecaton/pool/worker/wire.hpp>
#include <hecaton/recording/process.hpp>
#include <hecaton/recording/switch.hpp>
#include <new>
#include <utility>

namespace hecaton::detail {

void RecordedOutput::attach_to(Buffer& head) noexcept {
    try {
        if (recording::on()) write_to(head);
    } catch (const std::bad_alloc&) {  // the head is as it was
    }
    pieces_.clear();
    with_usage_ = false;
}

// In front, since a record with a bulk is the last of its message.
void RecordedOutput::write_to(Buffer& head) {
    const recording::Noted noted = recording::take_noted();
    const auto pieces = std::as_bytes(pieces_.pieces());
    const auto stretches = std::as_bytes(std::span(noted.stretches));
    const wire::Recorded record{.with_usage = with_usage_ ? 1U : 0U,
                                .pieces = pieces_.pieces().size(),
                                .stretches = noted.stretches.size(),
                                .dropped = noted.dropped + pieces_.take_dropped(),
                                .usage = with_usage_ ? recording::usage() : recording::Usage()};
    if (pieces.empty() && stretches.empty() && record.dropped == 0 && !with_usage_) return;
    Buffer whole;
    whole.reserve(sizeof record + pieces.size() + stretches.size() + head.size() + 3 * wire::alignment);
    wire::append_record(whole, record);
    wire::append(whole, pieces);
    wire::append(whole, stretches);
    whole.append(head.bytes());
    head = std::move(whole);
}

}  // namespace hecaton::detail

// What a job says to the recording.
#include <hecaton/pool/calls/job.hpp>
#include <hecaton/pool/calls/recorded_call.hpp>
#include <hecaton/recording/switch.hpp>
#include <new>

namespace hecaton::detail {

recording::CallEnd call_end(const Report& report, std::int64_t time, bool cut) {
    return {.time = time,
            .items = report.items,
            .failed = report.failed,
            .chunks = report.chunks,
            .workers = report.workers,
            .wall = report.wall_seconds,
            .serial = report.serial_seconds,
            .longest = report.longest_seconds,
            .bytes_sent = report.bytes_sent,
            .bytes_received = report.bytes_received,
            .restored = report.restored,
            .waited = report.waited_seconds,
            .by_caller = report.by_caller,
            .cut = cut,
            .verdict = report.verdict()};
}

void note_error(const recording::RecordedCall& call, const ErrorRecord& record, std::uint64_t after) noexcept {
    if (record.kind == ErrorRecord::Kind::task_cancelled) return;  // the item was not run
    call.failed(record.rank,
                {.index = record.index + after, .host = record.host, .type = record.type_name, .text = record.text});
}

void Job::record(const std::shared_ptr<const recording::PoolRanks>& ranks, std::int64_t begun) {
    recorded_ = std::make_shared<const recording::RecordedCall>(
        ranks, recording::RecordedCall::What{
                   .kind = kind_, .name = options_.name, .items = open_ ? expected_items_ : items_, .time = begun});
    if (callers_items_ != 0)
        for (const ErrorRecord& error : unrecorded_errors_) hecaton::detail::note_error(*recorded_, error);
    unrecorded_errors_ = {};
}

void Job::note_error(const ErrorRecord& record) noexcept {
    constexpr std::size_t most = 10'000;
    if (recorded_ != nullptr) return hecaton::detail::note_error(*recorded_, record);
    if (unrecorded_errors_.size() >= most) return;
    try {
        unrecorded_errors_.push_back(record);
    } catch (const std::bad_alloc&) {  // it lacks in the recording
    }
}

void Job::note_end(const Report& report, bool cut) const noexcept {
    if (recorded_ == nullptr || !recording::on()) return;
    try {
        recorded_->end(call_end(report, recording::time_now(), cut));
    } catch (const std::bad_alloc&) {  // a call without an end
    }
}

}  // namespace hecaton::detail

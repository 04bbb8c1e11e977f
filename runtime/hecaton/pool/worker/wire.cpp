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

namespace {

void skip(RecordReader& records, std::uint64_t first, std::uint64_t second = 0, std::uint64_t third = 0) {
    records.bytes(first);
    if (second != 0) records.bytes(second);
    if (third != 0) records.bytes(third);
}

}  // namespace

void pass_over(RecordReader& records) {
    switch (records.kind()) {
        case Kind::open_job: {
            const auto record = records.record<OpenJob>();
            return skip(records, record.name_bytes, record.bytes);
        }
        case Kind::run_chunk: {
            const auto record = records.record<RunChunk>();
            return skip(records, record.bulk != 0 || record.items_at != 0 ? 0 : record.bytes);
        }
        case Kind::put_shared: {
            const auto record = records.record<PutShared>();
            return skip(records, record.bulk != 0 ? 0 : record.bytes);
        }
        case Kind::start_process: {
            const auto record = records.record<StartProcess>();
            return skip(records, record.name_bytes, record.bulk != 0 ? 0 : record.task_bytes);
        }
        case Kind::chunk_done: {
            const auto record = records.record<ChunkDone>();
            return skip(records, record.error_bytes, record.time_bytes, record.bulk != 0 ? 0 : record.value_bytes);
        }
        case Kind::shut_down:
            return skip(records, records.record<ShutDown>().lost_bytes);
        case Kind::worker_failed:
            return skip(records, records.record<WorkerFailed>().bytes);
        case Kind::close_job:
            records.record<CloseJob>();
            return;
        case Kind::recall:
            records.record<Recall>();
            return;
        case Kind::expect_shared:
            records.record<ExpectShared>();
            return;
        case Kind::open_shared:
            records.record<OpenShared>();
            return;
        case Kind::drop_shared:
            records.record<DropShared>();
            return;
        case Kind::signal_process:
            records.record<SignalProcess>();
            return;
        case Kind::recall_answered:
            records.record<RecallAnswered>();
            return;
        case Kind::shared_kept:
        case Kind::shared_wanted:
            records.record<SharedAnswer>();
            return;
        case Kind::process_started:
        case Kind::process_failed:
        case Kind::process_ended:
            records.record<ProcessEvent>();
            return;
        case Kind::recorded: {
            const auto record = records.record<Recorded>();
            return skip(records, record.pieces * sizeof(recording::Piece),
                        record.stretches * sizeof(recording::Stretch));
        }
        case Kind::bye:
            records.record<Bye>();
            return;
    }
    throw DecodeError("a message between the ranks of a pool has a record of no known kind");
}

}  // namespace hecaton::detail::wire

// What the workers send to the driver.
#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/root/driver.hpp>

namespace hecaton::detail {
namespace {

constexpr int messages_a_step = 64;

}  // namespace

bool Driver::receive() {
    bool any = false;
    Message message;
    for (int i = 0; i < messages_a_step && setup_.local != nullptr && setup_.local->collect(message); ++i) {
        handle(0, message);
        any = true;
    }
    int from = -1;
    for (int i = 0; i < messages_a_step && setup_.endpoint != nullptr && setup_.endpoint->poll(from, message, *this);
         ++i) {
        const auto worker = worker_of_rank_.find(from);
        handle(worker == worker_of_rank_.end() ? -1 : worker->second, message);
        any = true;
    }
    return any;
}

void Driver::handle(int worker, const Message& message) {
    wire::RecordReader records(message.head.bytes());
    const double time = now();
    while (!records.at_end()) {
        switch (records.kind()) {
            case wire::Kind::chunk_done:
                chunk_done(worker, records.record<wire::ChunkDone>(), records, message, time);
                break;
            case wire::Kind::recall_answered:
                records.record<wire::RecallAnswered>();
                dispatcher_.recall_answered(worker, time);
                break;
            case wire::Kind::worker_failed: {
                Reader text(records.bytes(records.record<wire::WorkerFailed>().bytes));
                fail_pool(to_exception(read_error_record(text)));
                break;
            }
            case wire::Kind::shared_kept:
            case wire::Kind::shared_wanted:
                shared_answer(worker, records.record<wire::SharedAnswer>());
                break;
            case wire::Kind::process_started:
            case wire::Kind::process_failed:
            case wire::Kind::process_ended:
                process_event(records.record<wire::ProcessEvent>());
                break;
            case wire::Kind::bye:
                records.record<wire::Bye>();
                ++byes_;
                break;
            default:
                throw DecodeError("the root got a message that is meant for a worker");
        }
    }
}

void Driver::chunk_done(int worker, const wire::ChunkDone& record, wire::RecordReader& records, const Message& message,
                        double time) {
    ChunkResults results{.first = record.first,
                         .done = record.done,
                         .values = {},
                         .errors = records.bytes(record.error_bytes),
                         .times = records.bytes(record.time_bytes),
                         .rank = slots_[static_cast<std::size_t>(worker)].rank,
                         .attempt = record.attempt,
                         .seconds = record.seconds};
    if (record.bulk == 0) {
        results.values = records.bytes(record.value_bytes);
    } else if (message.bulk.owner != nullptr) {  // otherwise it has been received where it belongs
        results.values = {message.bulk.data, message.bulk.size};
    }
    Running* job = running(record.job);
    if (!dispatcher_.progressed(worker, record.id, record.done, record.back, record.seconds, time) || job == nullptr ||
        record.done == 0)
        return;
    if (results.rank < 0) {
        results.rank = setup_.root.rank;
    } else {
        job->report.bytes_received += record.value_bytes;
    }
    *job->seconds_of(worker).first += record.seconds - record.waited;
    const std::uint64_t chunk_size = job->job->options().chunk_size;
    job->report.chunks += chunk_size == 0 ? 1 : (record.done + chunk_size - 1) / chunk_size;
    job->finished += record.done;
    job->job->accept(results);
    if (job->job->open()) arrivals_ = true;
}

std::byte* Driver::place(int /*from*/, std::span<const std::byte> head, std::size_t /*size*/) {
    wire::RecordReader records(head);
    while (!records.at_end() && records.kind() == wire::Kind::chunk_done) {
        const auto record = records.record<wire::ChunkDone>();
        records.bytes(record.error_bytes);
        records.bytes(record.time_bytes);
        if (record.bulk != 0) {
            Running* job = running(record.job);
            return job != nullptr ? job->job->results_in_place(record.first) : nullptr;
        }
        records.bytes(record.value_bytes);
    }
    return nullptr;
}

}  // namespace hecaton::detail

// What the root sends to a worker.
#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/worker/isolation.hpp>
#include <hecaton/pool/worker/shared_records.hpp>
#include <hecaton/pool/worker/worker.hpp>
#include <utility>

namespace hecaton::detail {
namespace {

std::span<const std::byte> items_of(const wire::RunChunk& chunk, wire::RecordReader& records, const Message& message) {
    if (chunk.bulk != 0) return {message.bulk.data, message.bulk.size};
    if (chunk.items_at != 0) return {reinterpret_cast<const std::byte*>(chunk.items_at), chunk.bytes};
    return records.bytes(chunk.bytes);
}

}  // namespace

void Worker::deliver(Message message) {
    take_message(std::make_shared<const Message>(std::move(message)));
    bell_.ring();
}

void Worker::take_message(const std::shared_ptr<const Message>& message) {
    wire::RecordReader records(message->head.bytes());
    while (!records.at_end()) {
        switch (records.kind()) {
            case wire::Kind::open_job:
                open_job(records);
                break;
            case wire::Kind::close_job:
                jobs_.erase(records.record<wire::CloseJob>().job);
                last_job_.reset();
                break;
            case wire::Kind::run_chunk: {
                QueuedChunk chunk;
                chunk.record = records.record<wire::RunChunk>();
                chunk.items = items_of(chunk.record, records, *message);
                chunk.message = message;
                if (last_job_ == nullptr || last_job_id_ != chunk.record.job) {
                    last_job_ = jobs_.at(chunk.record.job);
                    last_job_id_ = chunk.record.job;
                }
                chunk.job = last_job_;
                delivered_.push_back(std::move(chunk));
                break;
            }
            case wire::Kind::recall:
                records.record<wire::Recall>();
                queue_.push(delivered_);
                give_back_unstarted();
                break;
            case wire::Kind::put_shared:
            case wire::Kind::expect_shared:
            case wire::Kind::open_shared:
            case wire::Kind::drop_shared:
                take_shared(records, message, output_);
                break;
            case wire::Kind::start_process:
                start_process(records, *message);
                break;
            case wire::Kind::signal_process: {
                const auto record = records.record<wire::SignalProcess>();
                processes_.signal(record.id, record.signo);
                break;
            }
            case wire::Kind::shut_down:
                status_ = records.record<wire::ShutDown>().status;
                queue_.push(delivered_);
                shut_down_.store(true, std::memory_order_release);
                break;
            default:
                throw DecodeError("a worker got a message that is meant for the root");
        }
    }
    queue_.push(delivered_);
}

void Worker::open_job(wire::RecordReader& records) {
    const auto record = records.record<wire::OpenJob>();
    auto job = std::make_shared<OpenedJob>();
    job->task = record.task;
    job->with_times = record.with_times != 0;
    job->seed = record.seed;
    job->isolated = record.isolate != 0;
    job->attempts = record.attempts;
    job->timeout = record.timeout;
    const auto name = records.bytes(record.name_bytes);
    job->call = {.items = record.items, .name = {reinterpret_cast<const char*>(name.data()), name.size()}};
    job->closure.append(records.bytes(record.bytes));
    jobs_.emplace(record.job, std::move(job));
    if (record.isolate != 0 && isolated_ == nullptr) isolated_ = std::make_unique<IsolatedChunks>(initializer_);
}

void Worker::start_process(wire::RecordReader& records, const Message& message) {
    const auto record = records.record<wire::StartProcess>();
    const auto name = records.bytes(record.name_bytes);
    const auto task =
        record.bulk != 0 ? std::span(message.bulk.data, message.bulk.size) : records.bytes(record.task_bytes);
    processes_.start(record.id, {reinterpret_cast<const char*>(name.data()), name.size()}, task);
}

// Everything that waits goes back, and the running chunk ends behind its current item: the word to stop comes last, so
// that what is left of that chunk comes back behind all that lies behind it.
void Worker::give_back_unstarted() {
    for (const wire::RunChunk& chunk : queue_.take_back()) give_back(chunk);
    output_.add(wire::RecallAnswered{});
    output_.release();
    stop_.store(true, std::memory_order_relaxed);
    if (isolated_ != nullptr) isolated_->wake();
}

void Worker::give_back(const wire::RunChunk& chunk) {
    output_.add(wire::ChunkDone{.attempt = chunk.attempt,
                                .id = chunk.id,
                                .job = chunk.job,
                                .first = chunk.first,
                                .done = 0,
                                .back = chunk.count,
                                .seconds = 0,
                                .waited = 0,
                                .error_bytes = 0,
                                .time_bytes = 0,
                                .value_bytes = 0,
                                .bulk = 0});
}

}  // namespace hecaton::detail

#include <algorithm>
#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/process_host.hpp>
#include <hecaton/pool/shared_store.hpp>
#include <hecaton/pool/worker.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <hecaton/tasks/task_table.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <utility>

namespace hecaton::detail {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t exchange_every = 20'000;  // ns

std::int64_t steady_now() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

std::span<const std::byte> items_of(const wire::RunChunk& chunk, wire::RecordReader& records, const Message& message) {
    if (chunk.bulk != 0) return {message.bulk.data, message.bulk.size};
    if (chunk.items_at != 0) return {reinterpret_cast<const std::byte*>(chunk.items_at), chunk.bytes};
    return records.bytes(chunk.bytes);
}

}  // namespace

Worker::Worker(int rank, int size, std::function<void()> initializer)
    : rank_(rank), size_(size), initializer_(std::move(initializer)), output_(wire::new_head()) {}

Worker::~Worker() {
    if (has_processes_) process_host().forget(*this);
}

bool Worker::computing_longer_than(std::chrono::nanoseconds time) const noexcept {
    const std::int64_t started = started_.load(std::memory_order_relaxed);
    return started != 0 && steady_now() - started > time.count();
}

void Worker::deliver(Message message) {
    take_message(std::make_shared<const Message>(std::move(message)));
    bell_.ring();
}

void Worker::take_message(const std::shared_ptr<const Message>& message) {
    wire::RecordReader records(message->head.bytes());
    while (!records.at_end()) {
        switch (records.kind()) {
            case wire::Kind::open_job: {
                const auto record = records.record<wire::OpenJob>();
                auto job = std::make_shared<OpenedJob>();
                job->task = record.task;
                job->with_times = record.with_times != 0;
                job->closure.append(records.bytes(record.bytes));
                jobs_.emplace(record.job, std::move(job));
                break;
            }
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
                take_shared(records, message);
                break;
            case wire::Kind::start_process:
                start_process(records, *message);
                break;
            case wire::Kind::signal_process: {
                const auto record = records.record<wire::SignalProcess>();
                process_host().signal(*this, record.id, record.signo);
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

void Worker::start_process(wire::RecordReader& records, const Message& message) {
    const auto record = records.record<wire::StartProcess>();
    const auto name = records.bytes(record.name_bytes);
    const auto task =
        record.bulk != 0 ? std::span(message.bulk.data, message.bulk.size) : records.bytes(record.task_bytes);
    has_processes_ = true;
    process_host().start(*this, record.id, {reinterpret_cast<const char*>(name.data()), name.size()}, task);
}

void Worker::report(const wire::ProcessEvent& event) {
    {
        const std::lock_guard lock(output_mutex_);
        wire::append_record(output_, event);
    }
    release_output();
    output_bell_->ring();
}

// Everything that waits goes back, and the running chunk ends behind its current item.
void Worker::give_back_unstarted() {
    const auto chunks = queue_.take_back();
    stop_.store(true, std::memory_order_relaxed);
    const std::lock_guard lock(output_mutex_);
    for (const wire::RunChunk& chunk : chunks) give_back(chunk);
    wire::append_record(output_, wire::RecallAnswered{});
}

void Worker::give_back(const wire::RunChunk& chunk) {
    wire::append_record(output_, wire::ChunkDone{.attempt = chunk.attempt,
                                                 .id = chunk.id,
                                                 .job = chunk.job,
                                                 .first = chunk.first,
                                                 .done = 0,
                                                 .seconds = 0,
                                                 .error_bytes = 0,
                                                 .time_bytes = 0,
                                                 .value_bytes = 0,
                                                 .bulk = 0});
}

bool Worker::collect(Message& message) {
    if (!collectable_.load(std::memory_order_acquire)) return false;
    const std::lock_guard lock(output_mutex_);
    if (!full_messages_.empty()) {
        message = std::move(full_messages_.front());
        full_messages_.pop_front();
        return true;
    }
    collectable_.store(false, std::memory_order_relaxed);
    if (output_.empty()) return false;
    message = Message{std::move(output_), {}};
    output_ = wire::new_head();
    return true;
}

bool Worker::release_output() {
    const std::lock_guard lock(output_mutex_);
    if (!output_.empty()) collectable_.store(true, std::memory_order_release);
    return collectable_.load(std::memory_order_relaxed);
}

int Worker::work(Connection& connection) {
    worker_context = {rank_, size_};
    ring_before_waiting(&watcher_bell_);
    sleep_precisely();
    Backoff backoff(bell_);
    bool paused = true;
    std::int64_t exchanged = 0;
    std::int64_t time = steady_now();  // of the last look at the clock: one for each chunk
    for (;;) {
        if (time - exchanged > exchange_every) {
            connection.exchange(*this);
            exchanged = time;
        }
        if (queue_.take(current_)) {
            stop_.store(false, std::memory_order_relaxed);
            if (std::exchange(paused, false)) watcher_bell_.ring();
            time = run(time);
            backoff.reset();
            continue;
        }
        // Looked at before the exchange: what came before the word to stop is in the queue by then.
        const bool stopping = shut_down_.load(std::memory_order_acquire);
        if (!connection.exchange(*this)) {
            if (stopping) break;
            paused = paused || backoff.sleeping();
            backoff.wait(connection.longest_sleep());
        }
        time = steady_now();
    }
    {
        const std::lock_guard lock(output_mutex_);
        wire::append_record(output_, wire::Bye{});
    }
    connection.exchange(*this);
    ring_before_waiting(nullptr);
    return status_;
}

bool Worker::initialize() {
    if (state_ != State::fresh) return state_ == State::ready;
    state_ = State::ready;
    if (!initializer_) return true;
    try {
        initializer_();
    } catch (...) {
        state_ = State::failed;
        Buffer text;
        Writer writer(text);
        write(writer, current_exception_record(0, rank_));
        const std::lock_guard lock(output_mutex_);
        wire::append_record(output_, wire::WorkerFailed{.bytes = text.size()});
        wire::append(output_, text.bytes());
    }
    return state_ == State::ready;
}

std::int64_t Worker::run(std::int64_t started) {
    started_.store(started, std::memory_order_relaxed);
    const bool ready = initialize();
    if (ready) compute();
    const std::int64_t ended = steady_now();
    started_.store(0, std::memory_order_relaxed);
    if (ready) {
        hand_over(static_cast<double>(ended - started) * 1e-9);
    } else {
        const std::lock_guard lock(output_mutex_);
        give_back(current_.record);
    }
    current_ = QueuedChunk();
    return ended;
}

void Worker::compute() {
    results_.reset(reinterpret_cast<std::byte*>(current_.record.results_at), current_.job->with_times);
    const ChunkInput input{current_.items, current_.record.first, current_.record.count, current_.record.attempt};
    try {
        OpenedJob& job = *current_.job;
        if (job.runner == nullptr) {
            Reader closure(job.closure.bytes());
            job.runner = task_maker(job.task)(closure);
            job.pace = std::make_unique<Pace>(stop_);
        }
        job.runner->run(input, results_, *job.pace);
    } catch (...) {  // no item's error: the callable could not be made, or memory for the results is lacking
        fail_chunk();
    }
}

// Each item of the chunk fails with the exception that is being handled.
void Worker::fail_chunk() {
    ErrorRecord record = current_exception_record(current_.record.first, rank_);
    results_.values.clear();
    results_.errors.clear();
    results_.times.assign(results_.with_times ? current_.record.count : 0, ItemTime{});
    results_.done = current_.record.count;
    Writer writer(results_.errors);
    for (std::uint64_t i = 0; i < current_.record.count; ++i, ++record.index) write(writer, record);
}

void Worker::hand_over(double seconds) {
    const bool bulk = results_.values.size() >= wire::smallest_bulk;
    const auto times = std::as_bytes(std::span(results_.times));
    const std::lock_guard lock(output_mutex_);
    wire::append_record(output_, wire::ChunkDone{.attempt = current_.record.attempt,
                                                 .id = current_.record.id,
                                                 .job = current_.record.job,
                                                 .first = current_.record.first,
                                                 .done = results_.done,
                                                 .seconds = seconds,
                                                 .error_bytes = results_.errors.size(),
                                                 .time_bytes = times.size(),
                                                 .value_bytes = results_.values.size(),
                                                 .bulk = bulk ? 1U : 0U});
    wire::append(output_, results_.errors.bytes());
    wire::append(output_, times);
    if (!bulk) wire::append(output_, results_.values.bytes());
    if (!bulk && output_.size() < wire::message_fill) return;
    Message message{std::move(output_), {}};
    output_ = wire::new_head();
    if (bulk) {
        auto values = std::make_shared<Buffer>(std::move(results_.values));
        message.bulk = {values->data(), values->size(), values};
    }
    full_messages_.push_back(std::move(message));
    collectable_.store(true, std::memory_order_release);
}

}  // namespace hecaton::detail

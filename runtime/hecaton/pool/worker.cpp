#include <algorithm>
#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/shared_store.hpp>
#include <hecaton/pool/worker.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <hecaton/tasks/task_table.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <utility>

namespace hecaton::detail {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t message_fill = 3'500;       // a head of about this size fits the transport's first message
constexpr std::size_t smallest_bulk = 16 * 1024;  // values from this size on are sent from where they lie
constexpr auto exchange_every = 20us;

std::int64_t steady_now() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

}  // namespace

Worker::Worker(int rank, int size, std::function<void()> initializer)
    : rank_(rank), size_(size), initializer_(std::move(initializer)) {}

bool Worker::computing_longer_than(std::chrono::nanoseconds time) const noexcept {
    const std::int64_t started = started_.load(std::memory_order_relaxed);
    return started != 0 && steady_now() - started > time.count();
}

void Worker::deliver(Message message) {
    {
        const std::lock_guard lock(mutex_);
        take_message(std::make_shared<const Message>(std::move(message)));
    }
    bell_.ring();
}

void Worker::take_message(const std::shared_ptr<const Message>& message) {
    wire::RecordReader records(message->head.bytes());
    while (!records.at_end()) {
        switch (records.kind()) {
            case wire::Kind::open_job: {
                const auto record = records.record<wire::OpenJob>();
                auto job = std::make_shared<Job>();
                job->task = record.task;
                job->with_times = record.with_times != 0;
                job->closure.append(records.bytes(record.bytes));
                jobs_.emplace(record.job, std::move(job));
                break;
            }
            case wire::Kind::close_job:
                jobs_.erase(records.record<wire::CloseJob>().job);
                break;
            case wire::Kind::run_chunk: {
                Chunk chunk;
                chunk.record = records.record<wire::RunChunk>();
                chunk.items = chunk.record.bulk != 0 ? std::span(message->bulk.data, message->bulk.size)
                                                     : records.bytes(chunk.record.bytes);
                chunk.message = message;
                chunk.job = jobs_.at(chunk.record.job);
                queue_.push_back(std::move(chunk));
                break;
            }
            case wire::Kind::recall:
                records.record<wire::Recall>();
                give_back_unstarted();
                break;
            case wire::Kind::put_shared: {
                const auto record = records.record<wire::PutShared>();
                const auto bytes =
                    record.bulk != 0 ? std::span(message->bulk.data, message->bulk.size) : records.bytes(record.bytes);
                shared_store().put(record.id, bytes, message);
                break;
            }
            case wire::Kind::drop_shared:
                shared_store().drop(records.record<wire::DropShared>().id);
                break;
            case wire::Kind::shut_down:
                shut_down_ = records.record<wire::ShutDown>().status;
                break;
            default:
                throw DecodeError("a worker got a message that is meant for the root");
        }
    }
}

// Everything that waits goes back, and the running chunk ends behind its current item.
void Worker::give_back_unstarted() {
    for (const Chunk& chunk : queue_) give_back(chunk.record);
    queue_.clear();
    stop_.store(true, std::memory_order_relaxed);
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
    const std::lock_guard lock(mutex_);
    if (!full_messages_.empty()) {
        message = std::move(full_messages_.front());
        full_messages_.pop_front();
        return true;
    }
    if (output_.empty()) return false;
    message = Message{std::move(output_), {}};
    output_ = Buffer();
    return true;
}

bool Worker::has_output() {
    const std::lock_guard lock(mutex_);
    return !full_messages_.empty() || !output_.empty();
}

int Worker::work(Connection& connection) {
    worker_context = {rank_, size_};
    sleep_precisely();
    Backoff backoff(bell_);
    bool paused = true;
    auto exchanged = std::chrono::steady_clock::time_point{};
    for (;;) {
        if (const auto now = std::chrono::steady_clock::now(); now - exchanged > exchange_every) {
            connection.exchange(*this);
            exchanged = now;
        }
        if (std::optional<Chunk> chunk = next_chunk()) {
            if (std::exchange(paused, false)) watcher_bell_.ring();
            run(*chunk);
            backoff.reset();
            continue;
        }
        if (connection.exchange(*this)) continue;
        if (shutting_down()) break;
        paused = paused || backoff.sleeping();
        backoff.wait(connection.longest_sleep());
    }
    {
        const std::lock_guard lock(mutex_);
        wire::append_record(output_, wire::Bye{});
    }
    connection.exchange(*this);
    const std::lock_guard lock(mutex_);
    return *shut_down_;
}

bool Worker::shutting_down() {
    const std::lock_guard lock(mutex_);
    return shut_down_.has_value() && queue_.empty();
}

std::optional<Worker::Chunk> Worker::next_chunk() {
    const std::lock_guard lock(mutex_);
    if (queue_.empty()) return std::nullopt;
    std::optional<Chunk> chunk(std::move(queue_.front()));
    queue_.pop_front();
    stop_.store(false, std::memory_order_relaxed);
    return chunk;
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
        const std::lock_guard lock(mutex_);
        wire::append_record(output_, wire::WorkerFailed{.bytes = text.size()});
        wire::append(output_, text.bytes());
    }
    return state_ == State::ready;
}

void Worker::run(Chunk& chunk) {
    const std::int64_t started = steady_now();
    started_.store(started, std::memory_order_relaxed);
    ChunkOutput output;
    if (!initialize()) {
        started_.store(0, std::memory_order_relaxed);
        const std::lock_guard lock(mutex_);
        give_back(chunk.record);
        return;
    }
    output.in_place = reinterpret_cast<std::byte*>(chunk.record.results_at);
    output.with_times = chunk.job->with_times;
    const ChunkInput input{chunk.items, chunk.record.first, chunk.record.count, chunk.record.attempt};
    try {
        Job& job = *chunk.job;
        if (job.runner == nullptr) {
            Reader closure(job.closure.bytes());
            job.runner = task_maker(job.task)(closure);
            job.pace = std::make_unique<Pace>(stop_);
        }
        job.runner->run(input, output, *job.pace);
    } catch (...) {  // no item's error: the callable could not be made, or memory for the results is lacking
        fail_chunk(chunk, output);
    }
    const std::int64_t ended = steady_now();
    started_.store(0, std::memory_order_relaxed);
    hand_over(chunk, output, static_cast<double>(ended - started) * 1e-9);
}

// Each item of the chunk fails with the exception that is being handled.
void Worker::fail_chunk(const Chunk& chunk, ChunkOutput& output) const {
    ErrorRecord record = current_exception_record(chunk.record.first, rank_);
    output.values.clear();
    output.errors.clear();
    output.times.assign(output.with_times ? chunk.record.count : 0, ItemTime{});
    output.done = chunk.record.count;
    Writer writer(output.errors);
    for (std::uint64_t i = 0; i < chunk.record.count; ++i, ++record.index) write(writer, record);
}

void Worker::hand_over(const Chunk& chunk, ChunkOutput& output, double seconds) {
    const bool bulk = output.values.size() >= smallest_bulk;
    const std::span times(reinterpret_cast<const std::byte*>(output.times.data()),
                          output.times.size() * sizeof(ItemTime));
    const std::lock_guard lock(mutex_);
    wire::append_record(output_, wire::ChunkDone{.attempt = chunk.record.attempt,
                                                 .id = chunk.record.id,
                                                 .job = chunk.record.job,
                                                 .first = chunk.record.first,
                                                 .done = output.done,
                                                 .seconds = seconds,
                                                 .error_bytes = output.errors.size(),
                                                 .time_bytes = times.size(),
                                                 .value_bytes = output.values.size(),
                                                 .bulk = bulk ? 1U : 0U});
    wire::append(output_, output.errors.bytes());
    wire::append(output_, times);
    if (!bulk) wire::append(output_, output.values.bytes());
    if (!bulk && output_.size() < message_fill) return;
    Message message{std::move(output_), {}};
    output_ = Buffer();
    if (bulk) {
        auto values = std::make_shared<Buffer>(std::move(output.values));
        message.bulk = {values->data(), values->size(), values};
    }
    full_messages_.push_back(std::move(message));
}

}  // namespace hecaton::detail

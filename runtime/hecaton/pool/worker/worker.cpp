#include <cstring>
#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/shared/store.hpp>
#include <hecaton/pool/worker/chunk_run.hpp>
#include <hecaton/pool/worker/isolation.hpp>
#include <hecaton/pool/worker/shared_records.hpp>
#include <hecaton/pool/worker/worker.hpp>
#include <hecaton/tasks/forked_copy.hpp>
#include <new>
#include <thread>
#include <utility>

namespace hecaton::detail {

Worker::Worker(WorkerContext context, std::function<void()> initializer, std::shared_ptr<Bell::Word> bell)
    : context_(context),
      bell_(std::move(bell)),
      initializer_(std::move(initializer)),
      processes_(context, [this](const wire::ProcessEvent& event) {
          try {
              output_.add(event);
          } catch (...) {
              fail_with_current();
          }
          release_output();
          output_bell_->ring();
      }) {}

Worker::~Worker() = default;

// ---- the working thread ----

int Worker::work(Connection& connection) {
    worker_context = context_;
    ring_before_waiting(&activity_.watcher_bell());
    sleep_precisely();
    RunContext context{.queue = queue_,
                       .output = output_,
                       .activity = activity_,
                       .connection = PacedConnection(connection),
                       .clock = {},
                       .results = {}};
    Backoff backoff(bell_);
    std::int64_t time = steady_ns();  // of the last look at the clock: one for each chunk
    for (bool more = true; more;) {
        try {
            more = take_turn(context, backoff, time);
        } catch (...) {
            activity_.end();
            context.results = {};
            fail_with_current();
        }
    }
    for (bool said = false; !said;) {
        try {
            say_goodbye();
            said = true;
        } catch (const std::bad_alloc&) {  // it is a few bytes
            std::this_thread::yield();
        }
    }
    connection.exchange();
    connection.falls_asleep();
    ring_before_waiting(nullptr);
    return status_;
}

// False when the worker is to stop.
bool Worker::take_turn(RunContext& context, Backoff& backoff, std::int64_t& time) {
    // Read before the queue: what came before the word to stop is in the queue by then.
    const bool stopping = shut_down_.load(std::memory_order_acquire);
    const bool due = context.connection.due(time);
    bool came = due && context.connection.exchange(time);
    if (run_next(context, time)) {
        backoff.reset();
        return true;
    }
    if (!due) came = context.connection.exchange_now();
    if (!came) {
        if (stopping) return false;
        if (!backoff.look_again()) context.connection.sleep(backoff);
    }
    time = steady_ns();
    return true;
}

// False when there is nothing to run, or another thread of the root computes.
bool Worker::run_next(RunContext& context, std::int64_t& time) {
    if (gate_ != nullptr && (queue_.empty() || !gate_->worker_enters())) return false;
    const std::unique_ptr<ComputeGate, LeaveGate> inside(gate_);
    QueuedChunk chunk;
    if (!queue_.take(chunk)) return false;
    time = run(context, std::move(chunk), time);
    return true;
}

std::int64_t Worker::run(RunContext& context, QueuedChunk&& chunk, std::int64_t now) {
    const bool isolated = chunk.isolation.has_value();
    ChunkRun run(context, std::move(chunk), now);
    if (!isolated) {
        if (initialize()) run.compute();
    } else if (state_ != State::failed) {
        if (const auto failure = run.compute_in(*isolation_)) fail(*failure);
    }
    return run.end();
}

bool Worker::initialize() {
    if (state_ != State::fresh) return state_ == State::ready;
    state_ = State::ready;
    if (!initializer_) return true;
    try {
        initializer_();
        end_forked_copy();
    } catch (...) {
        end_forked_copy();
        fail(current_exception_record(0, context_.rank));
    }
    return state_ == State::ready;
}

// The pool fails: this worker can run nothing.
void Worker::fail(const ErrorRecord& why) {
    state_ = State::failed;
    Buffer text;
    Writer writer(text);
    write(writer, why);
    output_.add(wire::WorkerFailed{.bytes = text.size()}, text.bytes());
}

// ---- when it can go on no longer ----

void Worker::fail_with_current() noexcept {
    output_.fail(current_exception_record(0, context_.rank));
    give_up();
    output_bell_->ring();
}

void Worker::lost_output() noexcept {
    fail_with_current();
    output_.fail_again();
}

void Worker::give_up() noexcept {
    failed_.store(true);
    queue_.drop_all();
    activity_.stop();
    if (Isolation* const isolation = isolating_.load()) isolation->wake();
}

// ---- the thread that delivers ----

void Worker::deliver(Message message) noexcept {
    wire::RecordReader records(message.head.bytes());
    wire::RecordReader next = records;      // which is passed over when it cannot be taken
    std::shared_ptr<const Message> shared;  // the same bytes
    try {
        if (message.head_lost) throw std::bad_alloc();
        if (!failed_.load()) {
            shared = std::make_shared<const Message>(std::move(message));
            for (; !records.at_end() && !failed_.load(); next = records) take_record(records, shared);
            queue_.push(delivered_);
        }
    } catch (...) {
        fail_with_current();
    }
    if (failed_.load()) {
        delivered_.clear();
        pass_over(next);
    }
    bell_.ring();
}

// Nothing counts any more but the word to stop, and what tasks may wait for.
void Worker::pass_over(wire::RecordReader& records) noexcept {
    try {
        while (!records.at_end()) {
            wire::RecordReader record = records;
            wire::pass_over(records);
            if (record.kind() == wire::Kind::drop_shared) {
                shared_store().drop(record.record<wire::DropShared>().id);
            } else if (record.kind() == wire::Kind::shut_down) {
                shut_down(record);
            }
        }
    } catch (const DecodeError&) {  // the message that it has failed for
    }
}

void Worker::shut_down(wire::RecordReader& records) {
    const auto record = records.record<wire::ShutDown>();
    const auto lost = records.bytes(record.lost_bytes);
    lost_ranks_.resize(lost.size() / sizeof(int));
    if (!lost_ranks_.empty()) std::memcpy(lost_ranks_.data(), lost.data(), lost_ranks_.size() * sizeof(int));
    status_ = record.status;
    shut_down_.store(true, std::memory_order_release);
}

void Worker::take_record(wire::RecordReader& records, const std::shared_ptr<const Message>& message) {
    switch (records.kind()) {
        case wire::Kind::open_job:
            open_job(records);
            break;
        case wire::Kind::close_job:
            if (jobs_.close(records).abandoned != 0 && isolation_ != nullptr) isolation_->wake();
            break;
        case wire::Kind::run_chunk:
            queue_chunk(records, message);
            break;
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
            queue_.push(delivered_);
            shut_down(records);
            break;
        default:
            throw DecodeError("a worker got a message that is meant for the root");
    }
}

void Worker::open_job(wire::RecordReader& records) {
    const OpenedJob& job = jobs_.open(records);
    if (job.isolation) prepare_isolation();
}

void Worker::prepare_isolation() {
    if (isolation_ != nullptr) return;
    isolation_ = std::make_unique<Isolation>(initializer_);
    isolating_.store(isolation_.get());
}

void Worker::queue_chunk(wire::RecordReader& records, const std::shared_ptr<const Message>& message) {
    const auto record = records.record<wire::RunChunk>();
    QueuedChunk queued{.chunk = record.chunk,
                       .results = reinterpret_cast<std::byte*>(record.results_at),
                       .items = {},
                       .items_lost = record.bulk != 0 && message->bulk_lost,
                       .message = message,
                       .job = {},
                       .isolation = {}};
    if (record.bulk != 0) {
        queued.items = {message->bulk.data, message->bulk.size};
    } else if (record.items_at != 0) {
        queued.items = {reinterpret_cast<const std::byte*>(record.items_at), record.bytes};
    } else {
        queued.items = records.bytes(record.bytes);
    }
    if (!queued.items_lost && queued.items.size() < record.chunk.count)
        throw DecodeError("a chunk has more items than bytes");
    queued.job = jobs_.find(record.chunk.job);
    queued.isolation = queued.job->isolation;
    if (record.apart != 0 && !queued.isolation && can_isolate(initializer_)) {
        queued.isolation = ItemIsolation{.attempts = static_cast<std::uint32_t>(record.apart), .timeout = {}};
        prepare_isolation();
    }
    delivered_.push_back(std::move(queued));
}

// Everything that waits goes back, and the running chunk ends behind its current item: the word to stop comes last, so
// that what is left of that chunk comes back behind all that lies behind it.
void Worker::give_back_unstarted() {
    for (const scheduling::Chunk& chunk : queue_.take_back())
        output_.add(wire::ChunkDone{
            .attempt = chunk.attempt, .id = chunk.id, .job = chunk.job, .first = chunk.first, .back = chunk.count});
    output_.add(wire::RecallAnswered{});
    output_.release();
    activity_.stop();
    if (isolation_ != nullptr) isolation_->wake();
}

void Worker::start_process(wire::RecordReader& records, const Message& message) {
    const auto record = records.record<wire::StartProcess>();
    const std::string_view name = records.text(record.name_bytes);
    if (record.bulk != 0 && message.bulk_lost) throw std::bad_alloc();
    const auto task =
        record.bulk != 0 ? std::span(message.bulk.data, message.bulk.size) : records.bytes(record.task_bytes);
    processes_.start(record.id, name, task);
}

}  // namespace hecaton::detail

#include <algorithm>
#include <hecaton/pool/isolated_chunks.hpp>
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

}  // namespace

Worker::Worker(int rank, int size, std::function<void()> initializer, std::shared_ptr<Bell::Word> bell)
    : rank_(rank),
      size_(size),
      bell_(std::move(bell)),
      initializer_(std::move(initializer)),
      output_(wire::new_head()) {}

Worker::~Worker() {
    if (has_processes_) process_host().forget(*this);
}

bool Worker::computing_longer_than(std::chrono::nanoseconds time) const noexcept {
    const std::int64_t started = started_.load(std::memory_order_relaxed);
    return started != 0 && steady_now() - started > time.count();
}

void Worker::report(const wire::ProcessEvent& event) {
    {
        const std::lock_guard lock(output_mutex_);
        wire::append_record(output_, event);
    }
    release_output();
    output_bell_->ring();
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
    ComputeClock clock;
    clock_ = &clock;
    Backoff backoff(bell_);
    std::int64_t exchanged = 0;
    std::int64_t time = steady_now();  // of the last look at the clock: one for each chunk
    for (;;) {
        // Looked at before the queue: what came before the word to stop is in there by then.
        const bool stopping = shut_down_.load(std::memory_order_acquire);
        const bool due = time - exchanged > exchange_every;
        bool came = false;
        if (due) {
            came = connection.exchange(*this);
            exchanged = time = steady_now();
        }
        if (queue_.take(current_)) {
            stop_.store(false, std::memory_order_relaxed);
            time = run(time);
            backoff.reset();
            continue;
        }
        if (!due) came = connection.exchange(*this);
        if (!came) {
            if (stopping) break;
            clock.idle();
            if (!backoff.look_again()) backoff.sleep(connection.longest_sleep());
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
        fail(current_exception_record(0, rank_));
    }
    return state_ == State::ready;
}

// The pool fails: this worker can run nothing.
void Worker::fail(const ErrorRecord& why) {
    state_ = State::failed;
    Buffer text;
    Writer writer(text);
    write(writer, why);
    const std::lock_guard lock(output_mutex_);
    wire::append_record(output_, wire::WorkerFailed{.bytes = text.size()});
    wire::append(output_, text.bytes());
}

std::int64_t Worker::run(std::int64_t started) {
    started_.store(started);
    if (watcher_sleeps_.load()) watcher_bell_.ring();
    begun_ = started;
    bool ready = false;
    if (current_.job->isolated) {
        ready = compute_isolated();
    } else if (initialize()) {
        compute();
        ready = true;
    }
    const std::int64_t ended = steady_now();
    started_.store(0, std::memory_order_relaxed);
    if (ready) {
        hand_over(static_cast<double>(ended - begun_) * 1e-9, clock_->waited(std::chrono::nanoseconds(ended)));
    } else {
        const std::lock_guard lock(output_mutex_);
        give_back(current_.record);
    }
    current_ = QueuedChunk();
    return ended;
}

void Worker::compute() {
    results_.reset(reinterpret_cast<std::byte*>(current_.record.results_at), current_.job->with_times);
    const ChunkInput input{.items = current_.items,
                           .first = current_.record.first,
                           .count = current_.record.count,
                           .attempt = current_.record.attempt,
                           .seed = current_.job->seed};
    try {
        OpenedJob& job = *current_.job;
        if (job.runner == nullptr) {
            Reader closure(job.closure.bytes());
            job.runner = task_maker(job.task)(closure);
            job.pace = std::make_unique<Pace>(stop_);
        }
        begun_ = steady_now();
        job.runner->run(input, results_, *job.pace);
    } catch (...) {  // no item's error: the callable could not be made, or memory for the results is lacking
        fail_chunk();
    }
}

// False when the initializer failed in the sandbox.
bool Worker::compute_isolated() {
    if (state_ == State::failed) return false;
    results_.reset(reinterpret_cast<std::byte*>(current_.record.results_at), current_.job->with_times);
    try {
        if (const auto failure = isolated_->run(current_, results_, stop_)) fail(*failure);
    } catch (...) {
        fail_chunk();
    }
    return state_ != State::failed;
}

// Each item of the chunk fails with the exception that is being handled.
void Worker::fail_chunk() {
    ErrorRecord record = current_exception_record(current_.record.first, rank_);
    results_.values.clear();
    results_.errors.clear();
    results_.times.assign(results_.with_times ? current_.record.count : 0,
                          ItemTime{.started = {}, .attempts = current_.record.attempt});
    results_.done = current_.record.count;
    Writer writer(results_.errors);
    for (std::uint64_t i = 0; i < current_.record.count; ++i, ++record.index) write(writer, record);
}

void Worker::hand_over(double seconds, double waited) {
    const bool bulk = results_.values.size() >= wire::smallest_bulk;
    const auto times = std::as_bytes(std::span(results_.times));
    const std::lock_guard lock(output_mutex_);
    wire::append_record(output_, wire::ChunkDone{.attempt = current_.record.attempt,
                                                 .id = current_.record.id,
                                                 .job = current_.record.job,
                                                 .first = current_.record.first,
                                                 .done = results_.done,
                                                 .seconds = seconds,
                                                 .waited = waited,
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

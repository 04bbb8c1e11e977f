#include <algorithm>
#include <hecaton/pool/shared/store.hpp>
#include <hecaton/pool/worker/isolation.hpp>
#include <hecaton/pool/worker/worker.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <hecaton/tasks/task_table.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <utility>

namespace hecaton::detail {
namespace {

using namespace std::chrono_literals;

}  // namespace

Worker::Worker(int rank, int size, std::function<void()> initializer, std::shared_ptr<Bell::Word> bell)
    : rank_(rank),
      size_(size),
      bell_(std::move(bell)),
      initializer_(std::move(initializer)),
      processes_({rank, size}, [this](const wire::ProcessEvent& event) {
          output_.add(event);
          release_output();
          output_bell_->ring();
      }) {}

Worker::~Worker() = default;

bool Worker::computing_longer_than(std::chrono::nanoseconds time) const noexcept {
    const std::int64_t started = started_.load(std::memory_order_relaxed);
    return started != 0 && steady_ns() - started > time.count();
}

int Worker::work(Connection& connection) {
    worker_context = {rank_, size_};
    ring_before_waiting(&watcher_bell_);
    sleep_precisely();
    ComputeClock clock;
    clock_ = &clock;
    connection_ = &connection;
    Backoff backoff(bell_);
    std::int64_t time = steady_ns();  // of the last look at the clock: one for each chunk
    for (;;) {
        // Looked at before the queue: what came before the word to stop is in there by then.
        const bool stopping = shut_down_.load(std::memory_order_acquire);
        const bool due = time - exchanged_ > exchange_every;
        bool came = due && exchange(time);
        if (queue_.take(current_)) {
            time = run(time);
            backoff.reset();
            continue;
        }
        if (!due) came = connection.exchange(*this);
        if (!came) {
            if (stopping) break;
            clock.idle();
            if (!backoff.look_again()) {
                connection.falls_asleep();
                backoff.sleep(connection.longest_sleep());
            }
        }
        time = steady_ns();
    }
    output_.add(wire::Bye{});
    connection.exchange(*this);
    connection.falls_asleep();
    ring_before_waiting(nullptr);
    return status_;
}

bool Worker::exchange(std::int64_t& now) {
    const bool came = connection_->exchange(*this);
    exchanged_ = now = steady_ns();
    return came;
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
    output_.add(wire::WorkerFailed{.bytes = text.size()}, text.bytes());
}

}  // namespace hecaton::detail

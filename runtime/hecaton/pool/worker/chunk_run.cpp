// How a worker runs a chunk, or a run of chunks, and hands over what comes of it.
#include <hecaton/pool/worker/isolation.hpp>
#include <hecaton/pool/worker/worker.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <hecaton/tasks/task_table.hpp>
#include <utility>

namespace hecaton::detail {

// Gives the runner one chunk after the other. What a chunk gave is handed over before the next one begins, which may
// take long.
class Worker::RunPace final : public Pace {
  public:
    RunPace(Worker& worker, TimedPace& within) : worker_(worker), within_(within) {}

    std::uint64_t next(std::uint64_t left) override {
        if (at_ == worker_.claimed_ && !next_chunk()) return 0;
        const std::uint64_t count = within_.next(std::min(left, worker_.claimed_ - at_));
        at_ += count;
        return count;
    }

  private:
    bool next_chunk() {
        if (at_ != 0) {
            std::int64_t now = steady_ns();
            worker_.hand_over(at_, 0, now);
            if (now - worker_.exchanged_ > exchange_every) worker_.exchange(now);
            worker_.begun_ = now;
            worker_.started_.store(now, std::memory_order_relaxed);
        }
        worker_.claimed_ += worker_.queue_.claim();
        within_.restart();
        return at_ != worker_.claimed_;
    }

    Worker& worker_;
    TimedPace& within_;
    std::uint64_t at_ = 0;
};

std::int64_t Worker::run(std::int64_t started) {
    started_.store(started);
    stop_.store(false, std::memory_order_relaxed);
    if (watcher_sleeps_.load()) watcher_bell_.ring();
    begun_ = started;
    claimed_ = handed_over_ = 0;
    layout_ = {};
    results_.reset(reinterpret_cast<std::byte*>(current_.record.results_at), current_.job->with_times);
    if (current_.job->isolated) {
        compute_isolated();
    } else if (initialize()) {
        compute();
    }
    if (state_ == State::failed) {  // nothing of it was run
        results_.reset(nullptr, false);
        claimed_ += queue_.claim_rest();
    }
    const std::int64_t ended = steady_ns();
    started_.store(0, std::memory_order_relaxed);
    if (claimed_ != handed_over_) hand_over(results_.done, claimed_ - results_.done, ended);
    current_ = QueuedChunk();
    return ended;
}

void Worker::compute() {
    const ChunkInput input{.items = current_.items,
                           .first = current_.record.first,
                           .count = current_.record.count,
                           .attempt = current_.record.attempt,
                           .seed = current_.job->seed,
                           .call = &current_.job->call};
    try {
        OpenedJob& job = *current_.job;
        if (job.runner == nullptr) {
            Reader closure(job.closure.bytes());
            job.runner = task_maker(job.task)(closure);
            job.pace = std::make_unique<TimedPace>(stop_);
        }
        layout_ = job.runner->item_results();
        begun_ = steady_ns();
        RunPace pace(*this, *job.pace);
        job.runner->run(input, results_, pace);
    } catch (...) {  // no item's error: the callable could not be made, or memory for the results is lacking
        fail_items();
    }
}

void Worker::compute_isolated() {
    if (state_ == State::failed) return;
    claimed_ = queue_.claim_rest();
    if (claimed_ == 0) return;
    try {
        if (const auto failure = isolated_->run(current_, results_, stop_)) fail(*failure);
    } catch (...) {
        fail_items();
    }
}

// Each item that is not handed over yet fails with the exception that is being handled.
void Worker::fail_items() {
    claimed_ += queue_.claim_rest();
    ErrorRecord record = current_exception_record(current_.record.first + handed_over_, rank_);
    layout_ = {};
    results_.values.clear();
    results_.errors.clear();
    results_.times.assign(results_.with_times ? claimed_ - handed_over_ : 0,
                          ItemTime{.started = {}, .attempts = current_.record.attempt});
    results_.done = claimed_;
    Writer writer(results_.errors);
    for (std::uint64_t i = handed_over_; i < claimed_; ++i, ++record.index) write(writer, record);
}

// The items up to `end` are finished, at `now`; the `back` ones behind them will not be run.
void Worker::hand_over(std::uint64_t end, std::uint64_t back, std::int64_t now) {
    const std::size_t each = layout_.value_bytes;  // 0: the values are not an array, but those of these items only
    std::span<const std::byte> values = results_.values.bytes();
    if (each != 0) values = values.empty() ? values : values.subspan(handed_over_ * each, (end - handed_over_) * each);
    const bool bulk = values.size() >= wire::smallest_bulk;
    const auto times = std::as_bytes(std::span(results_.times));
    const wire::ChunkDone record{.attempt = current_.record.attempt,
                                 .id = current_.record.id,
                                 .job = current_.record.job,
                                 .first = current_.record.first + handed_over_,
                                 .done = end - handed_over_,
                                 .back = back,
                                 .seconds = static_cast<double>(now - begun_) * 1e-9,
                                 .waited = clock_->waited(std::chrono::nanoseconds(now)),
                                 .error_bytes = results_.errors.size(),
                                 .time_bytes = times.size(),
                                 .value_bytes = values.size(),
                                 .bulk = bulk ? 1U : 0U};
    if (!bulk) {
        output_.add_results(record, results_.errors.bytes(), times, values);
    } else if (values.size() == results_.values.size()) {
        output_.add_results(record, results_.errors.bytes(), times, std::move(results_.values));
    } else {
        Buffer part;
        part.append(values);
        output_.add_results(record, results_.errors.bytes(), times, std::move(part));
    }
    if (each == 0) results_.values.clear();
    results_.errors.clear();
    results_.times.clear();
    handed_over_ = end;
}

}  // namespace hecaton::detail

#include <algorithm>
#include <hecaton/pool/worker/chunk_run.hpp>
#include <hecaton/pool/worker/isolation.hpp>
#include <hecaton/recording/process.hpp>
#include <hecaton/recording/switch.hpp>
#include <hecaton/tasks/forked_copy.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <new>
#include <utility>

namespace hecaton::detail {

ChunkRun::ChunkRun(RunContext& context, QueuedChunk&& chunk, std::int64_t now)
    : context_(context), chunk_(std::move(chunk)), begun_(now) {
    context.activity.begin(now);
    context.results.reset(chunk_.results, chunk_.job->with_times);
}

void ChunkRun::compute() {
    try {
        if (chunk_.items_lost) throw std::bad_alloc();
        OpenedJob& job = *chunk_.job;
        Runner& runner = job.task.runner();
        if (!job.pace) job.pace.emplace(context_.activity.stop_flag());
        pace_ = &*job.pace;
        layout_ = runner.item_results();
        begun_ = stride_begun_ = context_.clock.begin(steady_ns());
        runner.run(chunk_.input(), context_.results, *this);
    } catch (...) {  // no item's error: the callable could not be made, or memory for the results is lacking
        fail_items();
    }
}

std::uint64_t ChunkRun::next(std::uint64_t left) {
    end_forked_copy();
    if (recording::on()) note_stride(steady_ns());
    if (let_go_ == claimed_ && !next_chunk()) return 0;
    const std::uint64_t count = pace_->next(std::min(left, claimed_ - let_go_));
    let_go_ += count;
    return count;
}

// The items up to here have been run.
void ChunkRun::note_stride(std::int64_t now) noexcept {
    const std::uint64_t run = std::min(let_go_ * layout_.block, claimed_);
    if (run > noted_) {
        context_.pieces.add({.job = chunk_.chunk.job,
                             .first = chunk_.chunk.first + noted_,
                             .count = run - noted_,
                             .start = recording::time_of(stride_begun_),
                             .duration = now - stride_begun_,
                             .attempt = chunk_.chunk.attempt});
        noted_ = run;
    }
    stride_begun_ = now;
}

bool ChunkRun::next_chunk() {
    if (let_go_ != 0) {
        std::int64_t now = steady_ns();
        hand_over(let_go_, 0, now);
        if (context_.connection.due(now)) context_.connection.exchange(now);
        begun_ = stride_begun_ = context_.clock.begin(now);
        context_.activity.next_chunk(begun_);
    }
    claimed_ += context_.queue.claim();
    pace_->restart();
    return let_go_ != claimed_;
}

std::optional<ErrorRecord> ChunkRun::compute_in(Isolation& isolation) {
    claimed_ = context_.queue.claim_rest();
    if (claimed_ == 0) return {};
    try {
        if (chunk_.items_lost) throw std::bad_alloc();
        auto failure = isolation.run(chunk_, context_.results, context_.pieces, context_.activity.stop_flag());
        if (failure) context_.results.reset(nullptr, false);
        return failure;
    } catch (...) {
        fail_items();
        return {};
    }
}

std::int64_t ChunkRun::end() {
    if (claimed_ == 0) claimed_ = context_.queue.claim_rest();  // the worker cannot run it
    const std::int64_t now = steady_ns();
    context_.activity.end();
    if (recording::on() && pace_ != nullptr) note_stride(now);
    if (claimed_ == handed_over_) return now;
    try {
        const std::uint64_t done = context_.results.done;
        hand_over(done, claimed_ - done, now);
    } catch (...) {  // no memory to copy the results
        fail_items();
        hand_over(claimed_, 0, now);
    }
    return now;
}

// Each item that is not handed over yet fails with the exception that is being handled.
void ChunkRun::fail_items() {
    ChunkOutput& results = context_.results;
    claimed_ += context_.queue.claim_rest();
    ErrorRecord record = current_exception_record(chunk_.chunk.first + handed_over_, this_worker::rank());
    layout_ = {};
    results.values = Buffer();  // memory is what is lacking, perhaps
    results.errors.clear();
    results.times.assign(results.with_times ? claimed_ - handed_over_ : 0,
                         ItemTime{.started = {}, .attempts = chunk_.chunk.attempt});
    results.done = claimed_;
    Writer writer(results.errors);
    for (std::uint64_t i = handed_over_; i < claimed_; ++i, ++record.index) write(writer, record);
}

// The items up to `end` are finished, at `now`; the `back` ones behind them will not be run.
void ChunkRun::hand_over(std::uint64_t end, std::uint64_t back, std::int64_t now) {
    ChunkOutput& results = context_.results;
    const std::size_t each = layout_.value_bytes;  // 0: the values are not an array, but those of these items only
    std::span<const std::byte> values = results.values.bytes();
    if (each != 0) values = values.empty() ? values : values.subspan(handed_over_ * each, (end - handed_over_) * each);
    const bool bulk = values.size() >= wire::smallest_bulk;
    if (!context_.pieces.empty()) context_.output.add_pieces(context_.pieces);
    const auto times = std::as_bytes(std::span(results.times));
    const wire::ChunkDone record{.attempt = chunk_.chunk.attempt,
                                 .id = chunk_.chunk.id,
                                 .job = chunk_.chunk.job,
                                 .first = chunk_.chunk.first + handed_over_,
                                 .done = end - handed_over_,
                                 .back = back,
                                 .seconds = static_cast<double>(now - begun_) * 1e-9,
                                 .computed = chunk_.isolation ? results.computed : context_.clock.end(now),
                                 .error_bytes = results.errors.size(),
                                 .time_bytes = times.size(),
                                 .value_bytes = values.size(),
                                 .bulk = bulk ? 1U : 0U};
    if (!bulk) {
        context_.output.add_results(record, results.errors.bytes(), times, values);
    } else if (values.size() == results.values.size()) {
        context_.output.add_results(record, results.errors.bytes(), times, std::move(results.values));
    } else {
        Buffer part;
        part.append(values);
        context_.output.add_results(record, results.errors.bytes(), times, std::move(part));
    }
    if (each == 0) results.values.clear();
    results.errors.clear();
    results.times.clear();
    results.computed = 0;
    handed_over_ = end;
}

}  // namespace hecaton::detail

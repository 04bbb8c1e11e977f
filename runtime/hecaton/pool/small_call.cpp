#include <hecaton/pool/root/pool_state.hpp>
#include <hecaton/pool/small_call.hpp>
#include <hecaton/recording/pieces.hpp>
#include <hecaton/recording/process.hpp>
#include <hecaton/recording/switch.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <hecaton/tasks/forked_copy.hpp>
#include <utility>

namespace hecaton::detail {
namespace {

constexpr double doubt = 40e-6;       // seconds that a call may take longer than twice what was guessed
constexpr double look_every = 10e-6;  // seconds

// Of the small call that the thread runs: there is one at most.
thread_local recording::PieceList pieces;

std::int64_t ns(std::chrono::steady_clock::duration time) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
}

}  // namespace

SmallCall::SmallCall(PoolState& pool, const char* kind, const CostKey& key, std::uint64_t items,
                     const MapOptions& options)
    : pool_(pool), kind_(kind), key_(key), items_(items), options_(options) {
    BlockingCalls& calls = pool.blocking_calls();
    const auto expected = calls.enter_small(key, items, options);
    if (!expected) return;
    may_ = true;
    allowed_ = doubt + 2 * *expected;
    const double looks = std::max(*expected / look_every, 1.0);
    longest_stride_ = std::max<std::uint64_t>(static_cast<std::uint64_t>(static_cast<double>(items) / looks), 1);
    stride_ = std::min(std::max<std::uint64_t>(items / 16, 1), longest_stride_);
    seed_ = call_seed(calls.setup().seed, options.seed);
    outer_ = std::exchange(worker_context, calls.setup().root);
    if (recording::on()) pieces.clear();
    begun_ = stride_begun_ = Clock::now();
}

SmallCall::~SmallCall() { leave(); }

void SmallCall::leave() noexcept {
    if (!std::exchange(may_, false)) return;
    worker_context = outer_;
    pool_.blocking_calls().leave_small();
}

// Behind which item to look at the clock again; `done` once it is to stop.
std::uint64_t SmallCall::next(std::uint64_t done) noexcept {
    end_forked_copy();
    if (recording::on()) note_stride(done);
    if (done != 0 && done < items_) {
        if (since_begin() > allowed_) return done;
        stride_ = std::min(2 * stride_, longest_stride_);
    }
    return std::min(done + stride_, items_);
}

void SmallCall::note_stride(std::uint64_t done) noexcept {
    const auto now = Clock::now();
    if (done > noted_)
        pieces.add({.first = noted_,
                    .count = done - noted_,
                    .start = recording::time_of(ns(stride_begun_.time_since_epoch())),
                    .duration = ns(now - stride_begun_)});
    noted_ = done;
    stride_begun_ = now;
}

bool SmallCall::finish(std::uint64_t done) noexcept {
    if (recording::on()) note_stride(done);
    done_ = done;
    seconds_ = since_begin();
    leave();
    return done == items_;
}

void SmallCall::complete() {
    std::uint64_t failed = 0;
    std::exception_ptr error;
    std::vector<ErrorRecord> noted;
    for (Reader errors(errors_.bytes()); errors.remaining() > 0; ++failed) {
        const ErrorRecord record = read_error_record(errors);
        if (failed == 0) error = to_exception(record);
        if (recording::on()) noted.push_back(record);
    }
    BlockingCalls& calls = pool_.blocking_calls();
    Report report = calls.report_of_small(key_, items_, failed, options_, seconds_);
    if (recording::on()) calls.note_small(key_, kind_, report, pieces.pieces(), noted);
    pool_.set_last_map(std::move(report));
    if (error) std::rethrow_exception(error);
}

void SmallCall::share_rest(const std::shared_ptr<Job>& job, std::span<const std::byte> results) {
    job->set_kind(kind_);
    job->accept({.first = 0,
                 .done = done_,
                 .values = results,
                 .errors = errors_.bytes(),
                 .times = {},
                 .rank = pool_.blocking_calls().setup().root.rank,
                 .host = {}});
    pool_.set_last_map(pool_.blocking_calls().share_rest_of_small(
        job, done_, seconds_, begun_, recording::on() ? pieces.pieces() : std::span<const recording::Piece>()));
}

}  // namespace hecaton::detail

#include <algorithm>
#include <cstring>
#include <hecaton/foundation/rank_notes.hpp>
#include <hecaton/job/job_time.hpp>
#include <hecaton/pool/caller/caller_run.hpp>
#include <hecaton/pool/journal/journals.hpp>
#include <hecaton/pool/root/blocking_calls.hpp>
#include <hecaton/pool/traffic/failure.hpp>
#include <hecaton/recording/process.hpp>
#include <hecaton/tasks/module.hpp>
#include <thread>

namespace hecaton::detail {

std::atomic<CallersPart> callers_part{CallersPart::as_pays};

namespace {

// How often somebody looks after a caller that is in a call of which nothing is known.
constexpr std::chrono::microseconds between_looks_at_caller{60};

// Calls that are so short, in seconds, take turns, and wait so long for theirs.
constexpr double longest_brief = 40e-6;
constexpr std::chrono::microseconds longest_wait{60};

// When the job's time runs out, the pool decides what is begun.
constexpr std::chrono::seconds close_to_the_end{60};

CostKey key_of(const Job& job) {
    CostKey key{.task = job.task()};
    for (const std::size_t at : job.signature().places) {
        ModuleOffset place;
        std::memcpy(&place, job.closure().data() + at, sizeof place);
        key.function += place.offset;
    }
    return key;
}

// Of the items that a caller has run by itself.
Report callers_report(const MapOptions& options, std::uint64_t items, double seconds, double wall_seconds) {
    Report report;
    report.name = options.name;
    report.items = report.by_caller = items;
    report.chunks = options.chunk_size == 0 ? 1 : (items + options.chunk_size - 1) / options.chunk_size;
    report.workers = 1;
    report.serial_seconds = report.longest_seconds = seconds;
    report.wall_seconds = wall_seconds;
    return report;
}
Report callers_report(const MapOptions& options, const CallerRun& run) {
    Report report = callers_report(options, run.begun_items(), run.seconds(), run.since_begin());
    report.waited_seconds = run.waited();
    return report;
}

bool plenty_of_time() noexcept {
    const JobTime time = job_time();
    return !time.winding_up &&
           (time.end == no_deadline || time.end - std::chrono::steady_clock::now() > close_to_the_end);
}

double seconds_now() noexcept {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

CallersPart part_of_callers() noexcept { return callers_part.load(std::memory_order_relaxed); }

}  // namespace

Report BlockingCalls::run(const std::shared_ptr<Job>& job) {
    const CostKey key = key_of(*job);  // a job that is complete has no closure any more
    // The pool knows how far a call is, while it runs.
    const bool shown = shown_by_launcher() == RankNotes::Shown::all;
    const bool by_caller = job->items() != 0 && !job->isolation() && job->journaled() == nullptr && !shown;
    const bool plain = by_caller && may_begin(job->options());
    const bool alone = plain && driver_->idle();
    const bool begun = plain && begin(job);
    if (!begun) {
        driver_->submit(job, false);
        driver_->wait(*job);
    }
    Report report = job->report();
    costs_.learn(key, report.items, report.serial_seconds);
    if (alone && !begun) learn_waking(report);
    return report;
}

// From calls for which it matters.
void BlockingCalls::learn_waking(const Report& report) noexcept {
    if (report.longest_seconds < ShareOrNot::longest)
        waking_.learn(report.wall_seconds - report.longest_seconds, seconds_now());
}

bool BlockingCalls::may_begin(const MapOptions& options) const noexcept {
    return gate_ != nullptr && !options.isolate && options.timeout.count() == 0 && !options.progress &&
           options.on_error == OnError::finish && !options.keep_on_interrupt && !options.cost && plenty_of_time() &&
           part_of_callers() != CallersPart::nothing;
}

// False when the call is all the pool's.
bool BlockingCalls::begin(const std::shared_ptr<Job>& job) {
    CallerRun::Setup plan{.root = setup_.root,
                          .seed = call_seed(setup_.seed, job->options().seed),
                          .sharing = {.workers = driver_->workers(),
                                      .item_bytes = job->item_bytes(),
                                      .seconds_to_wake = waking_.seconds(seconds_now())},
                          .cost = costs_.of(key_of(*job)),
                          .whole = part_of_callers() >= CallersPart::everything};
    const bool known = plan.cost >= 0;
    const double expected = plan.cost * static_cast<double>(job->items());
    if (known) job->expect_cost(plan.cost);
    if (!plan.whole && known && plan.sharing.pays(job->items(), expected)) return false;
    plan.watched = !plan.whole && !known && job->items() > job->block() && plan.sharing.workers > 1;
    if (plan.watched && (!setup_.watchdog || !driver_->idle())) return false;
    if (!gate_->enter()) return false;
    std::unique_ptr<ComputeGate, LeaveGate> inside(gate_);
    driver_->catch_up();

    CallerRun run(*job, plan);
    std::exception_ptr not_shared;
    if (plan.watched) watchdog_.watch(between_looks_at_caller, [&] { return share_rest(job, run, not_shared); });
    run.compute();
    const std::uint64_t own = run.begun_items();
    if (plan.watched) watchdog_.calm();
    inside.reset();
    if (run.rest_taken() && !not_shared) {
        driver_->caller_returns();
        finish(*job, run);
        return true;
    }
    run.deliver();
    if (own == job->items() || run.error() || not_shared) {
        note_progress(job->options().name, job->items(), own, job->failed());
        Report report = callers_report(job->options(), run);
        report.failed = job->failed();
        if (recorded() && !run.pieces().empty())
            log_.add({key_of(*job), job->kind(), report, run.pieces(), job->unrecorded_errors()});
        job->complete(std::move(report), false, run.error() ? run.error() : not_shared);
    } else {
        job->leave_to_caller(own);
        if (recorded()) job->record(setup_.recorded, recording::time_of(run.begun_at()));
        job->expect_cost(run.seconds() / static_cast<double>(own));
        driver_->submit(job, false);
        finish(*job, run);
    }
    return true;
}

// On the watchdog's thread. `problem`: why the pool has not got it. True: it does not pay yet, to be tried again.
bool BlockingCalls::share_rest(const std::shared_ptr<Job>& job, CallerRun& run, std::exception_ptr& problem) noexcept {
    const auto first = run.take_rest();
    if (!first || *first == 0) return first.has_value();
    try {
        job->leave_to_caller(*first);
        if (recorded()) job->record(setup_.recorded, recording::time_of(run.begun_at()));
        driver_->submit_rest(job);
    } catch (...) {
        problem = current_failure(no_memory_for_driving);
    }
    return false;
}

// The pool has the rest of the call.
void BlockingCalls::finish(Job& job, CallerRun& run) {
    if (job.recorded() != nullptr) log_.add(*job.recorded(), run.pieces());
    driver_->wait(job);
    run.deliver();
    job.add_callers_part(callers_report(job.options(), run), run.error());
}

// ---- small calls ----

std::optional<double> BlockingCalls::enter_small(const CostKey& key, std::uint64_t items,
                                                 const MapOptions& options) noexcept {
    const CallersPart part = part_of_callers();
    const bool whole = part == CallersPart::everything_small;
    const double cost = costs_.of(key);
    const double expected = cost * static_cast<double>(items);
    const bool small = items == 1 || (cost >= 0 && expected <= longest_small);
    if (items == 0 || (!small && !whole) || part == CallersPart::everything || !may_begin(options) ||
        journal_is_wanted(options) || !enter_gate(cost >= 0 && expected <= longest_brief))
        return {};
    driver_->catch_up();
    return whole ? 1e9 : std::max(expected, 0.0);
}

// `brief`: it is left soon. Then idle ranks of this node lend their cores, and to wait is quicker than to ask the pool.
bool BlockingCalls::enter_gate(bool brief) noexcept {
    const int room = brief && driver_->idle() ? setup_.idle_cores + 1 : 1;
    if (gate_->enter(room)) return true;
    if (!brief) return false;
    const auto end = std::chrono::steady_clock::now() + longest_wait;
    while (!gate_->enter(room)) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::yield();
    }
    return true;
}

Report BlockingCalls::report_of_small(const CostKey& key, std::uint64_t items, std::uint64_t failed,
                                      const MapOptions& options, double seconds) {
    costs_.learn(key, items, seconds);
    note_progress(options.name, items, items, failed);
    Report report = callers_report(options, items, seconds, seconds);
    report.failed = failed;
    return report;
}

void BlockingCalls::note_small(const CostKey& key, const char* kind, const Report& report,
                               std::span<const recording::Piece> pieces, std::span<const ErrorRecord> errors) noexcept {
    if (recorded() && !pieces.empty()) log_.add({key, kind, report, pieces, errors});
}

Report BlockingCalls::share_rest_of_small(const std::shared_ptr<Job>& job, std::uint64_t done, double seconds,
                                          std::chrono::steady_clock::time_point begun,
                                          std::span<const recording::Piece> pieces) {
    const CostKey key = key_of(*job);
    job->leave_to_caller(done);
    if (recorded() && !pieces.empty()) {
        job->record(setup_.recorded, pieces.front().start);
        log_.add(*job->recorded(), pieces);
    }
    job->expect_cost(seconds / static_cast<double>(done));
    driver_->submit(job, false);
    driver_->wait(*job);
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begun;
    job->add_callers_part(callers_report(job->options(), done, seconds, wall.count()), nullptr);
    Report report = job->report();
    costs_.learn(key, report.items, report.serial_seconds);
    return report;
}

}  // namespace hecaton::detail

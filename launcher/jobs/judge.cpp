#include <fmt/format.h>

#include <signal.h>

#include <algorithm>

#include <launcher/base/refusal.hpp>
#include <launcher/jobs/truth.hpp>

namespace hecaton::launcher::jobs {
namespace {

using batch::State;

// Seconds.
constexpr double fresh = 60;        // a job that runs writes its record every few
constexpr double comes_late = 600;  // another run of it
constexpr double shown_late = 120;  // by a batch system, after the submission

std::string ago(double seconds) {
    const auto whole = static_cast<long>(std::max(0.0, seconds));
    if (whole < 120) return fmt::format("{} s ago", whole);
    if (whole < 7'200) return fmt::format("{} min ago", whole / 60);
    if (whole < 2 * 86'400) return fmt::format("{} h ago", whole / 3'600);
    return fmt::format("{} days ago", whole / 86'400);
}

std::string itself(const Known& known) { return "the job itself, " + ago(known.record_age); }

// The record is of the run that the batch system speaks of, not of one before.
bool of_this_run(const Known& known) { return known.record && !(known.view && known.view->run >= known.record->run); }

// The run was ended from outside, and its batch system may start the job again: it was preempted.
bool may_begin_again(const Known& known, const batch::Record& record) {
    return record.status == 128 + SIGTERM && known.job.request.restarts > 0 && !known.cancelled;
}

// The batch system speaks of another run than the record, which has ended.
bool of_next_run(const Known& known, const batch::Record& record, const batch::View& view) {
    if (view.run >= record.run || may_begin_again(known, record)) return true;
    // What has begun waits only where it begins again; a line may be of an array as a whole.
    const bool waits = view.state == State::waiting || view.state == State::held;
    return waits && (known.job.task.empty() || !view.task.empty());
}

State end_of(const Known& known, const batch::Record& record) {
    if (record.status == 0) return State::done;
    if (known.view && batch::ended(known.view->state) && known.view->state != State::failed)
        return known.view->state;  // it may know more: its time was over
    return known.cancelled ? State::cancelled : State::failed;
}

void judge_end(Known& known, const batch::Record& record) {
    known.state = end_of(known, record);
    known.status = record.status;
    known.since = record.ended;
    known.says = itself(known);
}

void judge_view(Known& known, const batch::View& view, double now) {
    known.state = view.state;
    known.says = fmt::format("{}, {}", known.title, known.view_age < 1 ? "now" : ago(known.view_age));
    known.why = view.reason;
    if (batch::ended(view.state)) {
        known.status = view.status;
        if (known.status == std::nullopt && view.state == State::done) known.status = 0;
        known.since = known.record ? known.record->alive : now - known.view_age;
        if (known.cancelled && view.state == State::failed) known.state = State::cancelled;
    } else if (view.state == State::running) {
        if (view.elapsed) known.since = now - static_cast<double>(*view.elapsed);
        if (of_this_run(known) && known.record_age < fresh) known.says = itself(known);
    } else {
        known.since = known.job.submitted;
    }
}

}  // namespace

void judge(Known& known, double now) {
    const auto& record = known.record;
    const bool again = record && record->ended > 0 && record->again && !known.cancelled;
    const bool open = record && may_begin_again(known, *record) && !known.view && !known.forgotten;
    const bool record_ended = record && record->ended > 0 && !again && !open;
    const bool live_view = known.view && !batch::ended(known.view->state) && known.view->state != State::unknown;
    // A batch system may still clean up behind a job that has ended; another run of it counts.
    if (record_ended && !(live_view && of_next_run(known, *record, *known.view))) return judge_end(known, *record);
    // Where the next run is another submission, its id may have come after the batch system was asked for this one.
    const bool next_comes = again && known.view && batch::ended(known.view->state) &&
                            known.view->state != State::cancelled && known.record_age < shown_late;
    if (known.view && !next_comes) return judge_view(known, *known.view, now);
    if (again && !(known.forgotten && known.record_age > comes_late)) {
        known.state = State::waiting;
        known.why = fmt::format("run {} ended with status {}, and it runs again", record->run, record->status);
        known.since = record->ended;
        known.says = itself(known);
    } else if (record && record->ended == 0 && known.record_age < fresh) {
        known.state = State::running;
        known.since = record->begun;
        known.says = itself(known);
    } else if (known.forgotten && !record && now - known.job.submitted < shown_late) {
        known.state = State::waiting;
        known.since = known.job.submitted;
        known.why = fmt::format("it was submitted, and {} does not show it so far", known.title);
        known.says = known.title + ", now";
    } else if (known.forgotten) {
        known.state = State::lost;
        if (record && record->ended > 0) known.status = record->status;
        known.why = record ? fmt::format(
                                 "{} does not know it any more, and it was last alive {}: its node or the batch "
                                 "system ended it",
                                 known.title, ago(known.record_age))
                           : fmt::format("{} does not know it, and it has left no record", known.title);
        known.says = known.title + ", now";
        if (record) known.since = record->alive;
    } else {
        known.state = State::unknown;
        known.why = known.trouble;
        known.says = fmt::format("{} does not answer", known.title);
        if (record) known.says += ", " + itself(known);
        known.since = record ? record->alive : known.job.submitted;
    }
}

int status_of(const Known& known) {
    if (known.status) return *known.status;
    switch (known.state) {
        case State::done:
            return 0;
        case State::cancelled:
            return 128 + 15;
        case State::timed_out:
            return timed_out;
        default:
            return 1;
    }
}

}  // namespace hecaton::launcher::jobs

#include <launcher/jobs/again.hpp>

#include <fmt/format.h>

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <hecaton/foundation/log.hpp>
#include <memory>
#include <optional>
#include <thread>

#include <launcher/base/files.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/batch/diary.hpp>
#include <launcher/batch/text.hpp>
#include <launcher/jobs/ask.hpp>
#include <launcher/jobs/choose.hpp>
#include <launcher/jobs/folder.hpp>
#include <launcher/jobs/parts.hpp>
#include <launcher/jobs/registry.hpp>
#include <launcher/jobs/script.hpp>
#include <launcher/jobs/submission.hpp>
#include <launcher/jobs/truth.hpp>

namespace hecaton::launcher {
namespace {

using namespace jobs;
using namespace std::chrono_literals;
using detail::log::line;

constexpr auto asked_for = 10min;

struct Way {
    Job job;
    std::unique_ptr<batch::Scheduler> scheduler;
};

bool is_cancelled(const Job& job) {
    return exists(job.file(cancelled_file)) || exists(job.folder + "/" + cancelled_file);
}

// Nothing where the folder is none of a job, or of a batch system that is not known.
std::optional<Way> way_of(const std::string& folder) {
    auto job = folder.empty() ? std::nullopt : read_job(folder);
    if (!job) return std::nullopt;
    if (const char* const index = std::getenv("HECATON_ARRAY_INDEX"); index != nullptr && job->is_array())
        job->task = index;
    auto scheduler = scheduler_of(job->scheduler);
    if (!scheduler) return std::nullopt;
    return Way{std::move(*job), std::move(scheduler)};
}

// SIGTERM has come; the supervision of the run has left it blocked. The batch system ends this job, and what is to
// become of it is decided.
bool asked_to_end() {
    sigset_t pending;
    return ::sigpending(&pending) == 0 && ::sigismember(&pending, SIGTERM) == 1;
}

// A batch system that does not answer just now is asked again, for as long as it may take to start it anew. That is no
// harm: one that has taken the order before ends this job.
batch::Answer ask_until_answered(const batch::Scheduler& scheduler, const batch::Words& command) {
    const auto end = std::chrono::steady_clock::now() + asked_for;
    for (auto pause = 1s;; pause = std::min(2 * pause, 10s)) {
        auto answer = ask(command, usual_patience);
        if (!batch::text::unclear(answer) || asked_to_end() || std::chrono::steady_clock::now() + pause > end)
            return answer;
        if (pause == 1s)
            line(fmt::format("{} does not answer, and is asked again ({})", scheduler.title(), said(answer)));
        std::this_thread::sleep_for(pause);
    }
}

// A job may end before the command that submits it has its id: that is looked for by the token then.
void find_id(Job& job) {
    if (!place_of(job).id.empty()) return;
    for (const auto& known : look_at({job})) job = known.job;
    if (place_of(job).id.empty()) throw Refusal(1, "its id is not known");
}

// What is submitted so that the job, or its task, runs again: what did so before, or something new.
Part next_run(const batch::Scheduler& scheduler, const Job& job) {
    if (job.task.empty()) return {.token = job.request.token, .ids = job.ids, .script = "script.sh"};
    const int task = std::atoi(job.task.c_str());
    for (const auto& part : job.again)
        if (has_task(part, task)) return part;
    // A task of an array becomes a job of its own, with a token and a script of its own.
    Part part{.token = new_token(), .tasks = {{task, task}}, .script = fmt::format("again.{}.sh", task)};
    std::string script = "script.sh";
    for (const auto& one : job.parts)
        if (has_task(one, task)) script = one.script;
    replace_file(job.folder + "/" + part.script, script_again(scheduler, job, part, script));
    write_again(job, part);
    return part;
}

// It may be in the queue although the answer does not say it. Throws Refusal where it is not.
std::string id_of(const batch::Scheduler& scheduler, const Job& job, const Part& part, const batch::Answer& answer) {
    try {
        if (const auto id = scheduler.id(answer)) return *id;
    } catch (const Refusal&) {
        if (part.ids.empty()) forget_again(job, part);
        throw;
    }
    if (const auto views = scheduler.views(ask(scheduler.list(), usual_patience)))
        if (const auto id = submitted_as(*views, part.token, part.ids)) return *id;
    throw Refusal(1, fmt::format("{} says: {}", scheduler.title(), said(answer)));
}

// Another job, which begins when this one has ended; or, where this is a task of an array, from now on: PBS knows no
// end of a single task. What this run had to write is written.
void submit_next(const batch::Scheduler& scheduler, Job job) {
    const auto place = place_of(job);
    auto part = next_run(scheduler, job);
    auto request = job.request;
    request.after.clear();
    if (!place.number) request.after = {place.id};
    ask_until_answered(scheduler, scheduler.list());  // because a submission is never repeated
    const auto answer = ask(scheduler.submit(request, job.folder + "/" + part.script), long_patience);
    part.ids.push_back(id_of(scheduler, job, part, answer));
    if (job.task.empty()) {
        job.ids = part.ids;
        write_job(job);
    } else {
        write_again(job, part);
        std::erase_if(job.again, [&](const Part& one) { return one.tasks == part.tasks; });
        job.again.push_back(part);
    }
    line(fmt::format("the job runs again, as {}", part.id()));
    if (is_cancelled(job)) (void)ask(scheduler.cancel(part.id()), usual_patience);  // in the meantime
    try {
        enter(job);
        if (job.task.empty()) link_id(job);
    } catch (const Refusal&) {  // a node may have no home; hecaton status makes up for it
    }
}

void no_other_run(const Job& job, const std::string& why) {
    line(fmt::format("the job does not run again: {}", why));
    auto record = batch::read_record(job.folder, job.task);
    if (!record) return;
    record->again = false;
    try {
        replace_file(job.file("record"), batch::encode(*record));
    } catch (const Refusal& refusal) {
        line(refusal.what());
    }
}

}  // namespace

void refuse_one_run_more(const std::string& folder) {
    const auto way = way_of(folder);
    if (!way) return;
    const auto record = batch::read_record(folder, way->job.task);
    const int restarts = way->job.request.restarts;
    if (!record || restarts == 0 || batch::restarts_used(*record) <= restarts) return;
    throw Refusal(128 + SIGKILL, fmt::format("run {} does not begin: --restarts {}, and the last run ended without a "
                                             "word, as where its node dies",
                                             record->run, restarts));
}

bool job_runs_again(const std::string& folder, const RunEnd& end) {
    if (end.status != out_of_time && !end.death) return false;
    const auto way = way_of(folder);
    if (!way || way->job.request.restarts == 0) return false;
    const Job& job = way->job;
    if (is_cancelled(job)) return false;
    const auto record = batch::read_record(folder, job.task);
    if (!record || batch::restarts_used(*record) < job.request.restarts) return true;
    line(fmt::format("run {} was the last one: --restarts {}", record->run, job.request.restarts));
    return false;
}

int end_of_job(const std::string& folder, const RunEnd& end, bool again) {
    auto way = way_of(folder);
    if (!way) return end.status;
    auto& [job, scheduler] = *way;
    auto requeue = scheduler->requeue(called(*scheduler, job));
    if (!again) return requeue.status == end.status ? 1 : end.status;  // else it would start again without end
    try {
        if (!requeue.status) {
            find_id(job);
            requeue = scheduler->requeue(called(*scheduler, job));
        }
        if (!requeue.command.empty()) {
            line(fmt::format("the job runs again: {}", shell_line(requeue.command)));
            const auto answer = ask_until_answered(*scheduler, requeue.command);
            if ((!answer.came || answer.status != 0) && !asked_to_end()) throw Refusal(said(answer));
        } else if (requeue.status) {
            return *requeue.status;
        } else if (requeue.chain) {
            submit_next(*scheduler, job);
        }
    } catch (const Refusal& refusal) {
        no_other_run(job, refusal.what());
    }
    return end.status;
}

}  // namespace hecaton::launcher

// hecaton cancel: jobs end, and are not run again. They are warned first, so that a pool stops and its journal is
// closed.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <hecaton/foundation/log.hpp>
#include <map>
#include <set>
#include <thread>

#include <launcher/base/files.hpp>
#include <launcher/base/print.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/jobs/ask.hpp>
#include <launcher/jobs/choose.hpp>
#include <launcher/jobs/jobs.hpp>
#include <launcher/jobs/parts.hpp>
#include <launcher/jobs/registry.hpp>
#include <launcher/jobs/truth.hpp>

namespace hecaton::launcher {
namespace {

using namespace jobs;
using detail::log::line;

std::vector<Job> meant(const JobOptions& options) {
    auto all = all_jobs();
    if (options.all) return all;
    std::vector<Job> found;
    for (const auto& word : options.jobs) {
        auto some = find_jobs(all, word);
        if (some.empty()) (void)find_job(all, word);  // says that there is none
        std::ranges::move(some, std::back_inserter(found));
    }
    return found;
}

// A job with a task that has not ended, or that runs, and what its batch system calls all of those.
struct Open {
    Job job;
    std::set<std::string> names = {};  // an empty one is not known
};

std::vector<Open> still(const std::vector<Job>& jobs, bool running_only) {
    std::vector<Open> found;
    const auto known = look_at(jobs);
    for (const auto& job : jobs) {
        const auto scheduler = scheduler_of(job.scheduler);
        Open open{.job = job};
        bool is = false;
        for (const auto& one : known) {
            if (one.job.folder != job.folder || (!job.task.empty() && job.task != one.job.task)) continue;
            if (running_only ? one.state != batch::State::running : one.ended()) continue;
            is = true;
            open.names.insert(job.task.empty() || !scheduler ? place_of(one.job).id : called(*scheduler, one.job));
            open.job = one.job;  // its ids may have been found just now
            open.job.task = job.task;
        }
        if (is) found.push_back(std::move(open));
    }
    return found;
}

void warn(const std::vector<Job>& jobs, std::chrono::milliseconds grace) {
    bool warned = false;
    for (const auto& [job, names] : grace.count() > 0 ? still(jobs, true) : std::vector<Open>{})
        for (const auto& name : names) {
            const auto command = name.empty() ? batch::Words{} : scheduler_of(job.scheduler)->warn(name);
            if (command.empty()) continue;
            (void)ask(command, usual_patience);
            warned = true;
        }
    const auto end = std::chrono::steady_clock::now() + grace;
    auto pause = std::chrono::milliseconds(100);
    while (warned && std::chrono::steady_clock::now() < end && !still(jobs, true).empty()) {
        std::this_thread::sleep_for(pause);
        pause = std::min(2 * pause, std::chrono::milliseconds(2'000));
    }
}

// Returns whether it is sure that the job ends.
bool cancel(const Open& open) {
    const auto scheduler = scheduler_of(open.job.scheduler);
    std::map<std::string, std::string> left;  // and why
    for (const auto& name : open.names) {
        const auto answer = name.empty() ? batch::Answer{.came = false, .error = "its id is not known"}
                                         : ask(scheduler->cancel(name), usual_patience);
        if (!answer.came || answer.status != 0) left[name] = said(answer);
    }
    if (left.empty()) return true;
    const auto now_open = still({open.job}, false);
    std::erase_if(left, [&](const auto& one) { return now_open.empty() || !now_open[0].names.contains(one.first); });
    for (const auto& [name, why] : left)
        line(fmt::format("{} was not cancelled: {} says: {}", name.empty() ? open.job.shown() : name,
                         scheduler->title(), why));
    return left.empty();
}

// Whether its batch system has it as one that has not ended. False where it does not answer.
bool is_in_queue(const Job& job) {
    const auto scheduler = scheduler_of(job.scheduler);
    const auto views = scheduler->views(ask(scheduler->list(), usual_patience));
    return views && std::ranges::any_of(*views, [&](const batch::View& view) {
               return (view.id == job.id() || job.id().starts_with(view.id + "@")) && !batch::ended(view.state);
           });
}

const Open* find(const std::vector<Open>& all, const Job& job) {
    const auto found = std::ranges::find_if(
        all, [&](const Open& one) { return one.job.folder == job.folder && one.job.task == job.task; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace

bool jobs::withdraw(const Job& job) {
    replace_file(job.file(cancelled_file), "");
    const auto open = still({job}, false);
    return open.empty() || cancel(open.front());
}

void jobs::clear_away(const Job& job) {
    for (auto pause = std::chrono::milliseconds(250); pause < std::chrono::seconds(10) && is_in_queue(job); pause *= 2)
        std::this_thread::sleep_for(pause);
    forget(job);
}

int cancel_jobs(const JobOptions& options) {
    const auto all = meant(options);
    const bool many = options.all || all.size() > options.jobs.size();  // then only what has not ended is meant
    const auto open = still(all, false);
    for (const auto& job : all)
        if (!many && find(open, job) == nullptr) print(fmt::format("{} has ended already\n", job.shown()));
    int status = 0;
    std::vector<Job> jobs;
    jobs.reserve(open.size());
    for (const auto& one : open) jobs.push_back(one.job);
    std::erase_if(jobs, [&](const Job& job) {
        if (!present_ids(job).empty() && scheduler_of(job.scheduler)) return false;
        line(fmt::format("{}: its id is not known, so it cannot be cancelled; hecaton status {} looks for it",
                         job.request.name, job.request.token));
        status = 1;
        return true;
    });
    for (const auto& job : jobs) replace_file(job.file(cancelled_file), "");  // it is not to run again
    warn(jobs, options.grace);
    const auto left = still(jobs, false);
    for (const auto& job : jobs) {
        const auto* const one = find(left, job);
        if (one != nullptr && !cancel(*one))
            status = 1;
        else
            print(fmt::format("{} is cancelled\n", job.shown()));
    }
    return status;
}

}  // namespace hecaton::launcher

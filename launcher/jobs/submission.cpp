#include <launcher/jobs/submission.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <hecaton/foundation/log.hpp>
#include <thread>

#include <launcher/base/files.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/jobs/ask.hpp>
#include <launcher/jobs/parts.hpp>
#include <launcher/jobs/registry.hpp>
#include <launcher/jobs/truth.hpp>

namespace hecaton::launcher::jobs {
namespace {

using detail::log::line;

// It may be in the queue.
class NotKnown : public Refusal {
  public:
    explicit NotKnown(const std::string& text) : Refusal(1, text) {}
};

// After an answer that does not say it. A batch system may show a job late, so that it is looked for several times.
std::string search_id(const batch::Scheduler& scheduler, const batch::Request& request, const batch::Answer& answer) {
    line(fmt::format("{} did not say whether it took the job ({}); its queue is searched for {}", scheduler.title(),
                     said(answer), request.token));
    bool looked = false;
    for (const int pause : {1, 2, 4, 8}) {
        if (const auto views = scheduler.views(ask(scheduler.list(), usual_patience))) {
            looked = true;
            if (const auto found = submitted_as(*views, request.token, {})) return *found;
            if (answer.came && answer.status != 0 && pause > 2) break;  // it said no
        }
        std::this_thread::sleep_for(std::chrono::seconds(pause));
    }
    if (looked && answer.came && answer.status != 0)
        throw Refusal(1, fmt::format("{} did not take the job: {}", scheduler.title(), said(answer)));
    throw NotKnown(fmt::format("it is not known whether {} has the job {}, token {}", scheduler.title(), request.name,
                               request.token));
}

// Submits it, once. Returns its id.
std::string submit(const batch::Scheduler& scheduler, const batch::Request& request, const std::string& script,
                   std::chrono::milliseconds patience) {
    const auto answer = ask(scheduler.submit(request, script), patience);
    if (const auto id = scheduler.id(answer)) return *id;
    return search_id(scheduler, request, answer);
}

// Whether the queue has none of them any more, which it is given some time for.
bool gone(const batch::Scheduler& scheduler, const std::vector<std::string>& ids) {
    for (auto pause = std::chrono::milliseconds(200); pause < std::chrono::seconds(6); pause *= 2) {
        const auto views = scheduler.views(ask(scheduler.list(), usual_patience));
        const auto lives = [&](const batch::View& view) {
            return !batch::ended(view.state) && std::ranges::find(ids, view.id) != ids.end();
        };
        if (views && std::ranges::none_of(*views, lives)) return true;
        std::this_thread::sleep_for(pause);
    }
    return false;
}

// Cancels the parts before that one; the one itself stays where it is not known. Says what has come of them.
std::string take_back(const batch::Scheduler& scheduler, Job& job, std::size_t number, bool known) {
    std::vector<Part> left;
    std::vector<std::string> cancelled;
    for (auto i = number; i-- > 0;) {  // the last one first: it may wait for the end of one before
        const auto answer = ask(scheduler.cancel(job.parts[i].id()), usual_patience);
        if ((answer.came && answer.status == 0) || gone(scheduler, {job.parts[i].id()}))
            cancelled.push_back(job.parts[i].id());
        else
            left.insert(left.begin(), job.parts[i]);
    }
    if (!cancelled.empty()) (void)gone(scheduler, cancelled);
    std::vector<std::string> ids;
    ids.reserve(left.size());
    for (const auto& part : left) ids.push_back(part.id());
    if (!known) left.push_back(job.parts[number]);
    const std::string word = left.empty() ? "" : left.front().token;
    if (left.empty()) {
        forget(job);
    } else {
        job.parts = left;
        job.request.array.ranges.clear();
        for (const auto& part : left)
            job.request.array.ranges.insert(job.request.array.ranges.end(), part.tasks.begin(), part.tasks.end());
        write_job(job);
        replace_file(job.file(cancelled_file), "");
    }
    std::string text;
    if (!cancelled.empty()) text += fmt::format("; cancelled: {}", fmt::join(cancelled, ", "));
    if (!ids.empty()) text += fmt::format("; not cancelled: {}", fmt::join(ids, ", "));
    if (!left.empty())
        text += fmt::format("; hecaton status {} looks for it, and hecaton cancel {} ends it", word, word);
    return text;
}

// The job is in the queue all the same, with its token.
void write_ids(const Job& job) try { write_job(job); } catch (const Refusal& refusal) {
    line(refusal.what());
}

void submit_parts(const batch::Scheduler& scheduler, Job& job, const std::function<void(std::size_t)>& prepare,
                  std::chrono::milliseconds patience) {
    for (std::size_t i = 0; i < job.parts.size(); ++i) {
        const auto which = fmt::format("part {} of {} of the array: ", i + 1, job.parts.size());
        try {
            prepare(i);
            job.parts[i].ids = {
                submit(scheduler, request_of_part(job, i), job.folder + "/" + job.parts[i].script, patience)};
        } catch (const NotKnown& problem) {
            throw Refusal(1, which + problem.what() + take_back(scheduler, job, i, false));
        } catch (const Refusal& problem) {
            throw Refusal(problem.status(), which + problem.what() + take_back(scheduler, job, i, true));
        }
        write_ids(job);
    }
}

}  // namespace

std::optional<std::string> submitted_as(const std::vector<batch::View>& views, const std::string& token,
                                        const std::vector<std::string>& known) {
    const auto found = std::ranges::find_if(views, [&](const batch::View& view) {
        const bool ours = view.token == token || view.name.find(token) != std::string::npos;
        return ours && std::ranges::find(known, view.id) == known.end();
    });
    return found == views.end() ? std::nullopt : std::optional(found->id);
}

void submit_all(const batch::Scheduler& scheduler, Job& job, const std::function<void(std::size_t)>& prepare,
                std::chrono::milliseconds patience) {
    if (!job.parts.empty()) return submit_parts(scheduler, job, prepare, patience);
    try {
        prepare(0);
        job.ids = {submit(scheduler, job.request, job.folder + "/script.sh", patience)};
        // It may have found its id by itself, and be another one by now.
        if (const auto fresh = read_job(job.folder); fresh && !fresh->ids.empty()) job.ids = fresh->ids;
    } catch (const NotKnown& problem) {
        throw Refusal(1, fmt::format("{}: do not submit it again; hecaton status {} goes on looking for it",
                                     problem.what(), job.request.token));
    } catch (const Refusal&) {
        forget(job);
        throw;
    }
    write_ids(job);
}

}  // namespace hecaton::launcher::jobs

#include <launcher/jobs/truth.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <hecaton/foundation/descriptor.hpp>
#include <memory>

#include <launcher/base/clock.hpp>
#include <launcher/base/files.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/batch/diary.hpp>
#include <launcher/batch/view_lines.hpp>
#include <launcher/jobs/ask.hpp>
#include <launcher/jobs/choose.hpp>
#include <launcher/jobs/parts.hpp>
#include <launcher/jobs/registry.hpp>
#include <launcher/jobs/submission.hpp>

namespace hecaton::launcher::jobs {
namespace {

double changed(const struct stat& facts) {
    return static_cast<double>(facts.st_mtim.tv_sec) + 1e-9 * static_cast<double>(facts.st_mtim.tv_nsec);
}

constexpr double asked_about_ends = 3'600;  // seconds

// The clocks of a node, of this machine and of the server with the files may differ: all times are the last one's.
double age_of(const std::string& folder, const std::string& file) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0) return 0;
    const double then = changed(facts);
    const std::string clock = folder + "/.clock";
    const detail::Descriptor touched(::open(clock.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
    if (touched && ::futimens(touched.get(), nullptr) == 0 && ::fstat(touched.get(), &facts) == 0)
        return std::max(0.0, changed(facts) - then);
    return std::max(0.0, now() - then);
}

void take_record(Known& known) {
    known.record = batch::read_record(known.job.folder, known.job.task);
    if (known.record) known.record_age = age_of(known.job.folder, known.job.file("record"));
}

Known from_folder(const Job& job) {
    Known known{.job = job};
    take_record(known);
    known.cancelled = exists(job.file(cancelled_file)) || exists(job.folder + "/" + cancelled_file);
    return known;
}

// What a batch system has said of the end of a job is kept: it forgets it soon.
void keep_end(const Known& known) {
    if (!known.view || !batch::ended(known.view->state)) return;
    if (known.record && known.record->again && !known.cancelled) return;  // another run comes
    const std::string file = known.job.file("end");
    if (exists(file)) return;
    try {
        replace_file(file, batch::view_line(*known.view));
    } catch (const Refusal&) {  // another user's, or a disk that is full: it is asked again the next time
    }
}

std::optional<batch::View> kept_end(const Job& job) {
    const auto views = batch::views_in(text_of(job.file("end")));
    if (views.size() != 1 || !batch::ended(views[0].state)) return std::nullopt;
    return views[0];
}

// Whether `index` is in "4", or in "2-5,7", as a batch system names tasks that wait together.
bool in_tasks(const std::string& tasks, int index) {
    for (std::size_t at = 0; at < tasks.size();) {
        const auto end = std::min(tasks.find(',', at), tasks.size());
        const std::string part = tasks.substr(at, end - at);
        const auto dash = part.find('-');
        const int first = std::atoi(part.c_str());
        const int last = dash == std::string::npos ? first : std::atoi(part.c_str() + dash + 1);
        if (index >= first && index <= last) return true;
        at = end + 1;
    }
    return false;
}

// A batch system that shows an array in one line while it waits speaks of all its tasks.
const batch::View* find_view(const std::vector<batch::View>& views, const Place& place) {
    const batch::View* whole = nullptr;
    for (const auto& view : views) {
        // "48@cluster" is what Slurm has told of a job on another cluster; its list is of one cluster.
        if (view.id != place.id && !place.id.starts_with(view.id + "@")) continue;
        if (place.number && !view.task.empty() && in_tasks(view.task, *place.number)) return &view;
        if (view.task.empty()) whole = &view;
    }
    return whole;
}

void take_ids(Job& job, const Job& fresh) {
    job.ids = fresh.ids;
    job.parts = fresh.parts;
    job.again = fresh.again;
}

// A job that has ended has written down how, and that it is another one from now on; its folder may have been read
// before that.
void look_again(Known& known) {
    take_record(known);
    const std::string before = place_of(known.job).id;
    if (const auto fresh = read_job(known.job.folder)) take_ids(known.job, *fresh);
    if (place_of(known.job).id == before) return;
    known.view.reset();
    known.forgotten = false;
}

// What has no id yet is looked for by its token. Another task of the array may have found it before.
void adopt(Job& job, const std::vector<batch::View>& views) {
    auto fresh = read_job(job.folder).value_or(job);
    bool found = false;
    const auto look = [&](std::vector<std::string>& ids, const std::string& token) {
        const auto id = ids.empty() ? submitted_as(views, token, {}) : std::nullopt;
        if (id) ids = {*id};
        found = found || id;
        return id.has_value();
    };
    if (fresh.parts.empty()) look(fresh.ids, fresh.request.token);
    for (auto& part : fresh.parts) look(part.ids, part.token);
    for (auto& part : fresh.again)
        if (look(part.ids, part.token)) write_again(fresh, part);
    take_ids(job, fresh);
    if (!found) return;
    write_job(fresh);
    enter(fresh);
    link_id(fresh);
}

// The job says how it has ended, and its batch system may still say who ended it.
bool why_is_open(const Known& known) {
    return !known.view && !known.cancelled && known.status != 0 && known.record_age < asked_about_ends;
}

// One question for all jobs of one batch system.
class Queue {
  public:
    explicit Queue(const std::string& name) : scheduler_(scheduler_of(name)) {
        if (!scheduler_) {
            trouble_ = fmt::format("this hecaton does not know the batch system {}", name);
            return;
        }
        title_ = scheduler_->title();
        const auto answer = ask(scheduler_->list(), usual_patience);
        views_ = scheduler_->views(answer);
        if (!views_) trouble_ = said(answer);
    }

    void tell(Known& known) {
        known.title = title_;
        known.trouble = trouble_;
        if (!views_) return;
        if (place_of(known.job).id.empty()) adopt(known.job, *views_);
        const auto place = place_of(known.job);
        if (place.id.empty()) {
            known.why = "it is not in the queue so far";
            known.trouble = "nothing of it is in the queue so far";
            return;
        }
        if (const auto* view = find_view(*views_, place)) {
            known.view = *view;
            return;
        }
        const std::string id = called(*scheduler_, known.job);
        const auto command = scheduler_->one(id);
        if (!command.empty()) {
            const auto answer = ask(command, usual_patience);
            known.view = scheduler_->view(answer, id);
            if (!known.view && !answer.came) {
                known.trouble = said(answer);
                return;
            }
        }
        known.forgotten = !known.view;
    }

    // Why it waits; asks once more where that costs a question for each job, and only one is shown.
    void explain(Known& known, batch::View& view, bool alone) const {
        if (view.reason.empty() && alone)
            if (const auto command = scheduler_->why(called(*scheduler_, known.job)); !command.empty())
                view.reason = scheduler_->reason(ask(command, usual_patience));
        if (view.start.empty() && alone && view.state == batch::State::waiting)
            if (const auto command = scheduler_->expected(called(*scheduler_, known.job)); !command.empty())
                view.start = scheduler_->expected_start(ask(command, usual_patience));
        const auto words = scheduler_->explain(view);
        known.why = view.reason.empty() || words.empty() ? view.reason + words : view.reason + ": " + words;
    }

  private:
    std::unique_ptr<batch::Scheduler> scheduler_;
    std::string title_ = "the batch system";
    std::string trouble_;
    std::optional<std::vector<batch::View>> views_;
};

}  // namespace

std::vector<Known> look_at(const std::vector<Job>& jobs) {
    std::vector<Known> all;
    std::map<std::string, Queue> queues;
    const double time = now();
    for (const auto& job : jobs)
        for (const auto& task : tasks_of(job)) {
            Known& known = all.emplace_back(from_folder(task));
            known.view = kept_end(task);
            if (known.view) known.view_age = age_of(task.folder, task.file("end"));
            const auto scheduler = scheduler_of(task.scheduler);
            known.title = scheduler ? scheduler->title() : task.scheduler;
            judge(known, time);
            if (known.ended() && !why_is_open(known)) continue;
            auto& queue = queues.try_emplace(task.scheduler, task.scheduler).first->second;
            queue.tell(known);
            if (!known.view || batch::ended(known.view->state)) look_again(known);
            keep_end(known);
            judge(known, time);
            if (known.view && (known.state == batch::State::waiting || known.state == batch::State::held))
                queue.explain(known, *known.view, jobs.size() == 1);
        }
    return all;
}

}  // namespace hecaton::launcher::jobs

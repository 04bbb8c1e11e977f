// Grid Engine (Son of, Univa, Altair). Tried on a real Son of Grid Engine 8.1.9.
#include <algorithm>

#include <launcher/base/refusal.hpp>
#include <launcher/batch/text.hpp>

namespace hecaton::launcher::batch {

namespace {

const text::Meanings sge_refusals = {
    {"unknown queue", "`qconf -sql` lists the queues."},
    {"parallel environment", "`qconf -spl` lists the parallel environments: --directive '-pe NAME'."},
    {"unknown resource", "`qconf -sc` lists what can be asked for."},
    {"no suitable queues", "No queue can ever fulfil it: ask for less."},
    {"project", "`qconf -sprjl` lists the projects, which is what Grid Engine calls accounts."},
    {"not allowed", "You may not submit there, or not from this host."},
    {"no access", "You may not submit there, or not from this host."},
    {"submit host", "Submit from a login node: this host is none."},
    {"job array", "The array has more tasks than the site allows: `qconf -sconf | grep max_aj_tasks`."},
    {"max_u_jobs", "You have as many jobs in the queue as the site allows."},
};

const text::Meanings sge_reasons = {
    {"only offers",
     "The parallel environment has too few free slots: it starts when jobs have ended, or with fewer ranks."},
    {"cannot run in pe", "Its parallel environment cannot take it at present: `qconf -sp NAME` shows it."},
    {"because it is not contained in its hard", "It asks for another queue than that."},
    {"no free slots", "All slots are in use: it starts when jobs have ended."},
    {"queue instances dropped because they are full", "All slots are in use: it starts when jobs have ended."},
    {"because it is full", "All slots are in use: it starts when jobs have ended."},
    {"overload or full",
     "All slots are in use, or the hosts are too busy for new jobs: it starts when jobs have ended."},
    {"overloaded", "The hosts are too busy for new jobs: it starts when their load sinks."},
    {"temporarily not available", "Its queues do not answer: wait for the site."},
    {"because it is disabled", "Its queues start no jobs at present: wait, or use another one."},
    {"because it is suspended", "Its queues are suspended: wait, or use another one."},
    {"hold state",
     "It is held, or waits for the jobs that it comes after (--after): `qrls ID` lets it go where you have held it."},
    {"job dependencies", "It starts when the jobs that it comes after (--after) have ended."},
    {"in error state",
     "Its start failed, so it is held: the line \"error reason\" of `qstat -j ID` says why; `qmod -cj ID` tries "
     "again."},
    {"error reason", "Its start failed, so it is held: mend what it says; `qmod -cj ID` tries again."},
    {"cannot run because it exceeds limit",
     "A quota is used up: it starts when some of your jobs have ended (`qquota`)."},
    {"exceeds", "A quota is used up: it starts when some of your jobs have ended (`qquota`)."},
    {"offers only", "No host has that much of what it asks for: it starts when jobs have ended, or with less."},
    {"it does not offer", "No host there has what it asks for: ask for less, or for another queue."},
    {"max_user_jobs", "As many of your jobs run as the site allows: it starts when one ends."},
    {"maxujobs", "As many of your jobs run as the site allows: it starts when one ends."},
    {"reservation",
     "Slots are kept for a job that comes before it, or for a reservation: a shorter time limit may fit before."},
};

/// The text between <TAG> and </TAG>; empty where it is not there.
std::string element(const std::string& xml, const std::string& tag) {
    const auto open = xml.find("<" + tag + ">");
    if (open == std::string::npos) return "";
    const auto begin = open + tag.size() + 2;
    const auto end = xml.find("</" + tag + ">", begin);
    if (end == std::string::npos) return "";
    std::string found = xml.substr(begin, end - begin);
    for (const auto& [escaped, letter] :
         {std::pair{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}, {"&amp;", "&"}})
        for (auto at = found.find(escaped); at != std::string::npos; at = found.find(escaped, at + 1))
            found.replace(at, std::string_view(escaped).size(), letter);
    return found;
}

class GridEngine : public Scheduler {
  public:
    std::string name() const override { return "sge"; }
    std::string title() const override { return "Grid Engine"; }
    std::string command() const override { return "qsub"; }
    std::string only_here() const override { return "qconf"; }

    Words directives(const Request& request) const override {
        if (!request.qos.empty()) text::has_no(title(), "QoS", "leave --qos out, and choose a queue");
        Words all;
        const auto add = [&](const std::string& words) { all.push_back("#$ " + words); };
        add("-N " + text::job_name(request));
        if (!request.token.empty()) add("-ac HECATON_TOKEN=" + text::checked("the token", request.token, "-_"));
        add("-S /bin/sh");
        add("-notify");  // USR2 some time before it is killed, also by qdel: the queue's `notify`, 60 s in most
        if (const int slots = request.nodes * request.ranks_per_node; slots > 1 || has_environment(request))
            add(environment(request) + " " + std::to_string(slots));
        if (request.limit.count() > 0) add("-l h_rt=" + text::clock(request.limit));
        if (request.memory > 0)  // of each slot
            add("-l h_vmem=" + std::to_string(std::max(1L, request.memory / std::max(1, request.ranks_per_node))) +
                "M");
        if (request.gpus_per_rank > 0) add("-l gpu=" + std::to_string(request.gpus_per_rank));  // for each slot
        if (request.exclusive) add("-l exclusive=true");
        if (!request.queue.empty()) add("-q " + text::checked("the queue", request.queue, "-_.@"));
        if (!request.account.empty()) add("-P " + text::checked("the account", request.account, "-_."));
        if (!request.after.empty()) add("-hold_jid " + text::after(request, ","));
        if (!request.array.ranges.empty()) {
            if (request.array.ranges.size() > 1)
                text::has_no(title(), "array with gaps", "one range, as in --array 0-9, or several submissions");
            add("-t " + text::ranges(request.array, 1));  // counted from 1
            if (request.array.at_once > 0) add("-tc " + std::to_string(request.array.at_once));
        }
        if (!request.mail.empty()) {
            add("-m ea");
            add("-M " + text::checked("the mail address", request.mail, "-_.@+"));
        }
        add(request.restarts > 0 ? "-r y" : "-r n");
        add("-j y");
        add("-o \"" + text::path(request.folder, title(), ":,") + "/batch.out\"");
        for (const std::string& words : request.directives)
            if (!is_environment(words)) add(text::directive(words));
        return all;
    }
    std::string array_index() const override {
        return R"sh(case ${SGE_TASK_ID:-undefined} in *[!0-9]*) ;; *) echo "$((SGE_TASK_ID - 1))" ;; esac)sh";
    }

    TakesArray takes_array(const Request& request) const override {
        if (request.array.ranges.size() < 2) return {};
        return {.how = Arrays::from_0, .why = "Grid Engine has no arrays with gaps"};
    }
    Words array_limit() const override { return {"qconf", "-sconf"}; }
    ArrayLimit array_limit(const Answer& answer) const override {
        return {.tasks = text::limit(answer, "max_aj_tasks")};
    }

    Words submit(const Request&, const std::string& script) const override {
        return {"qsub", "-terse", script};  // not as a directive, which some ignore
    }
    std::optional<std::string> id(const Answer& said) const override {
        // "Unable to run job: warning: ... Your job 1 has been submitted", with status 1: it is there.
        Answer answer = said;
        if (answer.status == 1 && text::has(answer.error, "has been submitted"))
            answer = {.came = said.came, .status = 0, .output = said.error, .error = ""};
        return text::id(
            answer, command(),
            [](const Words& lines) {
                Words found;
                for (const std::string& line : lines) {
                    std::string word = text::trim(line);
                    for (const std::string_view spoken : {"Your job ", "Your job-array "})  // without -terse
                        if (word.starts_with(spoken) && word.find("has been submitted") != std::string::npos)
                            word = text::split(word.substr(spoken.size()), ' ').front();
                    const auto point = word.find('.');
                    if (!text::number(word.substr(0, point))) continue;
                    if (point != std::string::npos && !is_range(word.substr(point + 1))) continue;  // "2.1-4:1"
                    found.push_back(word.substr(0, point));
                }
                return found;
            },
            sge_refusals);
    }

    Words list() const override { return {"qstat", "-u", "$user", "-g", "d", "-xml"}; }  // qstat itself fills $user in
    std::optional<std::vector<View>> views(const Answer& answer) const override {
        if (!text::answered(answer) || answer.output.find("</job_info>") == std::string::npos) return std::nullopt;
        std::vector<View> found;
        static const std::string mark = "<job_list ";
        for (auto at = answer.output.find(mark); at != std::string::npos;) {
            const auto next = answer.output.find(mark, at + mark.size());
            const std::string job = answer.output.substr(at, next - at);
            at = next;
            View view;
            view.id = element(job, "JB_job_number");
            if (!text::number(view.id)) continue;
            // "3", or "5-9:1" for those that wait
            for (const std::string& end : text::split(text::split(element(job, "tasks"), ':').front(), '-'))
                if (const auto number = text::number(end); number && *number > 0)
                    view.task += (view.task.empty() ? "" : "-") + std::to_string(*number - 1);
            text::take_name(view, element(job, "JB_name"));
            view.word = element(job, "state");
            view.state = state_of(view.word);
            const std::string queue = element(job, "queue_name");
            if (const auto host = queue.find('@'); host != std::string::npos) view.nodes = queue.substr(host + 1);
            view.start = element(job, "JAT_start_time");
            found.push_back(std::move(view));
        }
        return found;
    }

    Words one(const std::string& id) const override { return {"qacct", "-j", id}; }
    std::optional<View> view(const Answer& answer, const std::string& id) const override {
        if (!answer.came || answer.status != 0) return std::nullopt;
        std::vector<View> tasks;
        for (const View& run : accounted(answer.output)) {
            if (run.id != id) continue;
            // A job that was requeued has a record for each run; the last one counts.
            const auto same =
                std::find_if(tasks.begin(), tasks.end(), [&](const View& task) { return task.task == run.task; });
            if (same == tasks.end()) {
                tasks.push_back(run);
            } else {
                const int runs = same->run + 1;
                *same = run;
                same->run = runs;
            }
        }
        return text::together(tasks);
    }

    Words why(const std::string& id) const override { return {"qstat", "-j", id}; }
    std::string reason(const Answer& answer) const override {
        if (!answer.came || answer.status != 0) return "";
        std::string all;
        bool scheduling = false;
        for (const std::string& line : text::lines(answer.output)) {
            const bool goes_on = scheduling && line.starts_with(" ");
            scheduling = goes_on || line.starts_with("scheduling info:");
            if (!scheduling && !line.starts_with("error reason")) continue;
            const std::string words =
                text::trim(line.starts_with("scheduling info:") ? line.substr(line.find(':') + 1) : line);
            if (!words.empty()) all += (all.empty() ? "" : "; ") + words;
        }
        return all;
    }
    std::string explain(const View& view) const override {
        if (!view.reason.empty()) return text::meaning(sge_reasons, view.reason);
        if (view.word.find('E') != std::string::npos) return text::meaning(sge_reasons, "in error state");
        return view.state == State::held ? text::meaning(sge_reasons, "hold state") : "";
    }

    Words cancel(const std::string& id) const override { return {"qdel", id}; }
    std::string task_id(const std::string& id, int index) const override {
        return id + "." + std::to_string(index + 1);
    }
    Words warn(const std::string&) const override { return {}; }  // qdel does it, by -notify
    Requeue requeue(const std::string&) const override { return {.command = {}, .status = 99, .chain = false}; }

  private:
    static bool is_environment(const std::string& directive) { return directive.starts_with("-pe "); }
    static bool has_environment(const Request& request) {
        return std::any_of(request.directives.begin(), request.directives.end(), is_environment);
    }
    /// "-pe NAME" as a directive of the site or the user; without it nobody knows which one starts MPI programs.
    static std::string environment(const Request& request) {
        for (const std::string& words : request.directives)
            if (is_environment(words))
                return "-pe " + text::checked("the parallel environment",
                                              text::split(text::trim(text::directive(words).substr(4)), ' ').front(),
                                              "-_.*");
        throw Refusal(
            "Grid Engine starts several ranks in a parallel environment only: name it by --directive '-pe NAME', or in "
            "the configuration. `qconf -spl` lists them");
    }
    /// "1-4:1", without what follows.
    static bool is_range(const std::string& words) {
        return text::plain(words, "-:") && text::number(words.substr(0, 1));
    }

    /// Letters that combine: one says whether it waits or runs, others what else there is to it.
    static State state_of(const std::string& word) {
        if (word.empty() || word.find_first_not_of("dEhqrRsStTwz") != std::string::npos) return State::unknown;
        const auto has = [&](const char* letters) { return word.find_first_of(letters) != std::string::npos; };
        if (has("z")) return State::unknown;  // ended; only the accounting knows how
        if (has("E")) return State::held;
        if (has("sST")) return State::suspended;
        if (has("rt")) return State::running;
        if (has("h")) return State::held;
        return has("qw") ? State::waiting : State::unknown;
    }

    /// The records of qacct, each begun by a line of "=".
    static std::vector<View> accounted(const std::string& output) {
        std::vector<View> found;
        View view;
        long failed = 0;
        std::optional<long> status;
        const auto take = [&] {
            if (!view.id.empty() && status) {
                view.state = state_of_end(failed, *status);
                if (ended(view.state) && *status < 256) view.status = static_cast<int>(*status);
                if (view.state == State::failed && *status > 128 && text::has(view.reason, "deleted by"))
                    view.state = State::cancelled;
                found.push_back(view);
            }
            view = View{};
            failed = 0;
            status.reset();
        };
        for (const std::string& line : text::lines(output)) {
            if (line.starts_with("====")) take();
            const auto blank = line.find(' ');
            if (blank == std::string::npos) continue;
            const std::string key = line.substr(0, blank);
            const std::string value = text::trim(line.substr(blank));
            const std::string first = text::split(value, ' ').front();
            if (key == "jobnumber") view.id = text::number(value) ? value : "";
            if (const auto task = text::number(value); key == "taskid" && task && *task > 0)
                view.task = std::to_string(*task - 1);
            if (key == "jobname") text::take_name(view, value);
            if (key == "hostname") view.nodes = value;
            if (key == "start_time") view.start = value;
            if (key == "maxvmem") view.memory = text::bytes(value);
            if (key == "exit_status") status = text::number(first);
            if (key == "failed") {
                failed = text::number(first).value_or(1);
                if (const auto colon = value.find(": "); colon != std::string::npos)
                    view.reason += value.substr(colon + 2);
            }
            if (key == "deleted_by" && value != "NONE") view.reason = "deleted by " + value;  // not in all of them
        }
        take();
        return found;
    }

    /// `failed` of the manual's sge_status(5).
    static State state_of_end(long failed, long status) {
        if (failed == 24 || failed == 25) return State::waiting;  // it runs again
        if (failed == 37) return State::timed_out;                // or its memory or processor time was used up
        const bool ran = failed == 0 || (failed >= 12 && failed <= 17) || failed == 30 || failed == 100;
        if (!ran) return State::lost;
        return status == 0 && failed != 17 && failed != 100 ? State::done : State::failed;
    }
};

}  // namespace

std::unique_ptr<Scheduler> make_grid_engine() { return std::make_unique<GridEngine>(); }

}  // namespace hecaton::launcher::batch

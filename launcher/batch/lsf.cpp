// LSF. From its manual; not tried on a real one.
#include <nlohmann/json.hpp>

#include <launcher/base/refusal.hpp>
#include <launcher/batch/text.hpp>

namespace hecaton::launcher::batch {

namespace {

const text::Meanings lsf_refusals = {
    {"no such queue", "`bqueues` lists the queues."},
    {"queue is not open", "The queue takes no jobs at present: `bqueues` lists the others."},
    {"cannot use the queue", "You may not use that queue: `bqueues -u $USER` lists yours."},
    {"user cannot use the queue", "You may not use that queue: `bqueues -u $USER` lists yours."},
    {"exceeds the queue", "`bqueues -l QUEUE` shows what the queue allows: ask for less."},
    {"run limit", "The time limit is longer than the queue allows (`bqueues -l QUEUE`): ask for less."},
    {"too many processors", "`bqueues -l QUEUE` shows how many: ask for fewer."},
    {"bad resource requirement", "One of the values, or a directive of the site, is not what LSF takes."},
    {"job array index too large", "`bparams -a | grep MAX_JOB_ARRAY_SIZE` says which number is too large."},
    {"no matching job", "A job to wait for is not known (any more)."},
    {"dependency condition", "A job to wait for is not known (any more)."},
    {"user permission denied", "You may not submit here, or not from this host."},
    {"project", "The account (LSF calls it project) is wrong or missing."},
};

const text::Meanings lsf_reasons = {
    {"new job is waiting for scheduling", "LSF has not looked at it yet."},
    {"dependency condition invalid or never satisfied",
     "A job that it comes after can never end as wanted: cancel it and submit it again."},
    {"dependency condition", "It starts when the jobs that it comes after (--after) have ended."},
    {"not enough processors",
     "Not enough free slots on enough hosts: it starts when jobs have ended. Fewer ranks start earlier."},
    {"not enough job slot", "Not enough free slots: it starts when jobs have ended. Fewer ranks start earlier."},
    {"not enough hosts", "Not enough hosts are free: it starts when jobs have ended. Fewer nodes start earlier."},
    {"spanning requirement", "No hosts have as many free slots each: fewer ranks on a node may start earlier."},
    {"per-user job slot limit", "Your running jobs use as many slots as one user may: it starts when some have ended."},
    {"user has reached", "Your running jobs use as much as one user may: it starts when some have ended."},
    {"job slot limit reached", "All slots of the queue are in use: it starts when jobs there have ended."},
    {"job limit", "As many jobs run as a limit allows: it starts when one ends."},
    {"limit has been reached", "A limit for running jobs is reached: it starts when one ends."},
    {"requirements for reserving resource",
     "Not enough memory, GPUs or licences are free: it starts when jobs have ended, or with less."},
    {"resource requirements not satisfied",
     "No host has what it asks for: ask for less, or look at `bhosts` and `lsload`."},
    {"queue is inactivated", "The queue starts no jobs at present: wait, or use another one."},
    {"queue has been", "The queue starts no jobs at present: wait, or use another one."},
    {"dispatch window", "The queue starts jobs at certain hours only: `bqueues -l QUEUE` shows them."},
    {"run window", "The queue starts jobs at certain hours only: `bqueues -l QUEUE` shows them."},
    {"closed by lsf administrator", "The hosts are closed by the site: wait, or ask for no special host."},
    {"load information unavailable", "Its hosts do not answer LSF: wait for the site."},
    {"unreachable", "Its hosts do not answer LSF: wait for the site."},
    {"not specified in job submission", "Other hosts are not among those that it asks for."},
    {"suspended by the user", "You have held it: `bresume ID` lets it go."},
    {"suspended by lsf admin", "An administrator holds it: only the site's support can let it go."},
    {"job was suspended", "It is held: `bresume ID` lets it go."},
    {"start time", "Its start time is not there yet."},
    {"advance reservation", "It waits for its reservation, or must not be in the way of another one."},
    {"fairshare", "You have used much of late, so others come before you."},
    {"higher priority", "Jobs with a higher priority come before it."},
    {"reserved by", "Free slots are kept for a job that comes before it: a shorter time limit may fit before that."},
    {"individual host based reasons",
     "No host can take it at present, each for a reason of its own: `bjobs -p3 ID` lists them."},
    {"requeued", "It was requeued and waits like any other."},
};

class Lsf : public Scheduler {
  public:
    std::string name() const override { return "lsf"; }
    std::string title() const override { return "LSF"; }
    std::string command() const override { return "bsub"; }

    Words directives(const Request& request) const override {
        if (!request.qos.empty()) text::has_no(title(), "QoS", "leave --qos out, and choose a queue");
        Words all;
        const auto add = [&](const std::string& words) { all.push_back("#BSUB " + words); };
        add("-J \"" + array_name(request) + "\"");
        if (!request.token.empty()) add("-Jd \"" + text::checked("the token", request.token, "-_") + "\"");
        add("-n " + std::to_string(request.nodes * request.ranks_per_node));
        add("-R \"span[ptile=" + std::to_string(request.ranks_per_node) + "]\"");
        if (request.memory > 0) add("-R \"rusage[mem=" + std::to_string(request.memory) + "MB]\"");
        if (request.gpus_per_rank > 0)
            add("-gpu \"num=" + std::to_string(request.gpus_per_rank * request.ranks_per_node) + "\"");  // of each host
        if (request.limit.count() > 0) {
            const long minutes = (request.limit.count() + 59) / 60;
            add("-W " + std::to_string(minutes / 60) + ":" + (minutes % 60 < 10 ? "0" : "") +
                std::to_string(minutes % 60));
        }
        if (!request.queue.empty()) add("-q " + text::checked("the queue", request.queue, "-_."));
        if (!request.account.empty()) add("-P " + text::checked("the account", request.account, "-_."));
        if (request.exclusive) add("-x");
        if (!request.after.empty()) {
            std::string ended;
            for (const std::string& id : text::split(text::after(request, ":"), ':'))
                ended += (ended.empty() ? "ended(" : " && ended(") + id + ")";
            add("-w \"" + ended + "\"");
        }
        if (!request.mail.empty()) {
            add("-N");
            add("-u " + text::checked("the mail address", request.mail, "-_.@+"));
        }
        // Not -Q, which requeues without end: the job asks for it by itself, as often as it may.
        add(request.restarts > 0 ? "-r" : "-rn");
        add("-o \"" + text::path(request.folder, title(), "%") + "/batch.out\"");
        for (const std::string& words : request.directives) add(text::directive(words));
        return all;
    }
    std::string array_index() const override {
        return R"sh([ "${LSB_JOBINDEX:-0}" -gt 0 ] && echo "$((LSB_JOBINDEX - 1))")sh";  // 0 where it is no array
    }

    TakesArray takes_array(const Request& request) const override {
        constexpr std::size_t longest = 255;  // the array's name and its list
        if (array_name(request).size() <= longest) return {};
        return {.how = Arrays::from_0, .why = "LSF takes no list of that length"};
    }
    Words array_limit() const override { return {"bparams", "-a"}; }
    ArrayLimit array_limit(const Answer& answer) const override {
        const auto size = text::limit(answer, "MAX_JOB_ARRAY_SIZE");
        return size ? ArrayLimit{.tasks = size, .last_index = *size - 1} : ArrayLimit{};  // counted from 1
    }

    Words submit(const Request&, const std::string& script) const override {
        // As an argument, the script's directives are not read unless the site has set LSB_BSUB_PARSE_SCRIPT.
        return {"/bin/sh", "-c", R"(exec bsub <"$1")", "bsub", script};
    }
    std::optional<std::string> id(const Answer& answer) const override {
        return text::id(
            answer, command(),
            [](const Words& lines) {
                Words found;
                for (const std::string& line : lines) {
                    static constexpr std::string_view begin = "Job <";
                    const auto at = line.find(begin);
                    const auto end = line.find('>', at);
                    if (at == std::string::npos || end == std::string::npos) continue;
                    const std::string id = line.substr(at + begin.size(), end - at - begin.size());
                    if (text::number(id) && line.substr(end).starts_with("> is submitted")) found.push_back(id);
                }
                return found;
            },
            lsf_refusals);
    }

    Words list() const override {
        const std::string fields =
            "jobid jobindex job_name job_description stat exit_code exit_reason pend_reason exec_host run_time "
            "time_left start_time max_mem";
        return {"bjobs", "-a", "-json", "-o", fields};
    }
    std::optional<std::vector<View>> views(const Answer& answer) const override {
        if (!answer.came) return std::nullopt;
        // That there is none is an answer, whatever the status, which the site may have changed.
        if (text::trim(answer.output).empty() &&
            (text::has(answer.error, "no job found") || text::has(answer.error, "no unfinished job")))
            return std::vector<View>{};
        if (!text::answered(answer)) return std::nullopt;
        return records(answer.output);
    }

    Words one(const std::string& id) const override {
        Words all = list();
        all.push_back(id);
        return all;
    }
    std::optional<View> view(const Answer& answer, const std::string& id) const override {
        auto found = answer.came ? records(answer.output) : std::nullopt;
        if (!found) return std::nullopt;
        std::erase_if(*found, [&](const View& other) { return other.id != id; });
        return text::together(*found);
    }
    std::string explain(const View& view) const override { return text::meaning(lsf_reasons, view.reason); }
    Words expected(const std::string& id) const override {
        return {"bjobs", "-json", "-o", "estimated_sim_start_time", id};  // not all LSFs have it
    }
    std::string expected_start(const Answer& answer) const override {
        if (!answer.came || answer.status != 0) return "";
        static const std::string mark = "\"ESTIMATED_SIM_START_TIME\":\"";
        const auto at = answer.output.find(mark);
        if (at == std::string::npos) return "";
        const auto begin = at + mark.size();
        const std::string time = answer.output.substr(begin, answer.output.find('"', begin) - begin);
        return time == "-" ? "" : time;
    }

    Words cancel(const std::string& id) const override { return {"bkill", id}; }
    std::string task_id(const std::string& id, int index) const override {
        return id + "[" + std::to_string(index + 1) + "]";
    }
    Words warn(const std::string& id) const override { return {"bkill", "-s", "USR2", id}; }
    Requeue requeue(const std::string& id) const override {
        return {.command = {"brequeue", id}, .status = {}, .chain = false};
    }

  private:
    static std::string array_name(const Request& request) {
        std::string name = text::job_name(request);
        if (!request.array.ranges.empty())  // counted from 1
            name += "[" + text::ranges(request.array, 1) + "]" +
                    (request.array.at_once > 0 ? "%" + std::to_string(request.array.at_once) : "");
        return name;
    }

    static State state_of(const std::string& word, const std::string& why) {
        if (word == "PEND" || word == "WAIT" || word == "PROV") return State::waiting;
        if (word == "PSUSP") return State::held;
        if (word == "RUN") return State::running;
        if (word == "USUSP" || word == "SSUSP") return State::suspended;
        if (word == "DONE") return State::done;
        if (word != "EXIT") return State::unknown;  // also UNKWN and ZOMBI: its host does not answer
        if (text::has(why, "TERM_RUNLIMIT") || text::has(why, "TERM_DEADLINE")) return State::timed_out;
        for (const std::string_view by_somebody : {"TERM_OWNER", "TERM_FORCE_OWNER", "TERM_ADMIN", "TERM_FORCE_ADMIN",
                                                   "TERM_ORPHAN_SYSTEM", "TERM_BUCKET_KILL"})
            if (text::has(why, by_somebody)) return State::cancelled;
        for (const std::string_view by_lsf :
             {"TERM_PREEMPT", "TERM_ZOMBIE", "TERM_RC_RECLAIM", "TERM_REQUEUE_ADMIN", "TERM_REQUEUE_OWNER",
              "TERM_REQUEUE_RC", "TERM_CWD_NOTEXIST", "TERM_REMOVE_HUNG_JOB", "TERM_PRE_EXEC_FAIL"})
            if (text::has(why, by_lsf)) return State::lost;
        return State::failed;
    }

    /// Nothing where the text is no list.
    static std::optional<std::vector<View>> records(const std::string& output) {
        const auto begin = output.find('{');  // there may be a banner in front
        if (begin == std::string::npos) return std::nullopt;
        const auto all = nlohmann::json::parse(output.substr(begin), nullptr, false);
        if (!all.is_object() || !all.contains("RECORDS") || !all["RECORDS"].is_array()) return std::nullopt;
        std::vector<View> found;
        for (const auto& record : all["RECORDS"]) {
            const auto field = [&](const char* name) -> std::string {
                const auto at = record.is_object() ? record.find(name) : record.end();
                if (!record.is_object() || at == record.end() || !at->is_string() || *at == "-") return "";
                return at->template get<std::string>();
            };
            View view;
            view.id = field("JOBID");
            if (!text::number(view.id) || field("STAT").empty()) continue;
            if (const auto index = text::number(field("JOBINDEX")); index && *index > 0)
                view.task = std::to_string(*index - 1);
            view.token = field("JOB_DESCRIPTION");
            const std::string name = field("JOB_NAME");
            text::take_name(view, name.substr(0, name.find('[')));
            view.word = field("STAT");
            const std::string ended_because = field("EXIT_REASON");
            view.state = state_of(view.word, ended_because);
            view.reason = ended(view.state) ? ended_because : field("PEND_REASON");
            if (const auto code = text::number(field("EXIT_CODE")); code && *code < 256 && ended(view.state))
                view.status = static_cast<int>(*code);
            if (view.state == State::done) view.status = 0;
            view.nodes = hosts_in(field("EXEC_HOST"));
            view.elapsed = text::number(text::split(field("RUN_TIME"), ' ').front());  // "72 second(s)"
            if (const auto left = text::seconds(text::split(field("TIME_LEFT"), ' ').front() + ":00"))
                view.left = left;  // "1:30 L"
            view.start = field("START_TIME");
            view.memory = text::bytes(field("MAX_MEM"));
            view.out_of_memory = text::has(ended_because, "TERM_MEMLIMIT");
            found.push_back(std::move(view));
        }
        return found;
    }

    /// "64*n1:64*n2" are "n1,n2".
    static std::string hosts_in(const std::string& exec_host) {
        std::string all;
        for (const std::string& one : text::split(exec_host, ':')) {
            const auto star = one.find('*');
            const std::string host = star == std::string::npos ? one : one.substr(star + 1);
            if (!host.empty() && ("," + all + ",").find("," + host + ",") == std::string::npos)
                all += (all.empty() ? "" : ",") + host;
        }
        return all;
    }
};

}  // namespace

std::unique_ptr<Scheduler> make_lsf() { return std::make_unique<Lsf>(); }

}  // namespace hecaton::launcher::batch

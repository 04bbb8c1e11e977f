#include <algorithm>

#include <launcher/base/refusal.hpp>
#include <launcher/batch/pbs_words.hpp>

namespace hecaton::launcher::batch {

namespace {

/// "12", "12[]" or "12[3]", and the server after a point. The server is there unless the site leaves it out.
struct PbsId {
    std::string number = {};
    bool array = false;
    std::string task = {};
    std::string server = {};  ///< with its point
};

std::optional<PbsId> pbs_id(const std::string& text) {
    const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
    PbsId id{.number = text.substr(0, end)};
    if (!text::number(id.number)) return std::nullopt;
    std::string rest = text.substr(end);
    if (rest.starts_with("[")) {
        const auto close = rest.find(']');
        if (close == std::string::npos) return std::nullopt;
        id.array = true;
        id.task = rest.substr(1, close - 1);
        if (!id.task.empty() && !text::plain(id.task, "-,")) return std::nullopt;
        rest = rest.substr(close + 1);
    }
    if (!rest.empty() && (rest.front() != '.' || !text::plain(rest, ".-_@"))) return std::nullopt;
    id.server = rest;
    return id;
}

/// "n1/0*64+n2/0*64" and "n1/0+n1/1+n2/0" are "n1,n2".
std::string hosts_of(const std::string& exec_host) {
    std::string all;
    std::string last;
    for (const std::string& one : text::split(exec_host, '+')) {
        const std::string host = one.substr(0, one.find_first_of("/:"));
        if (host.empty() || host == last) continue;
        all += (all.empty() ? "" : ",") + host;
        last = host;
    }
    return all;
}

const text::Meanings pbs_comments = {
    {"can never run", "No node can ever fulfil what it asks for: cancel it and ask for less."},
    {"insufficient amount of queue", "The queue's limit for that is used up: it starts when jobs there have ended."},
    {"insufficient amount of server", "The site's limit for that is used up: it starts when jobs have ended."},
    {"insufficient amount of resource",
     "Not enough is free of what it names: it starts when jobs have ended, or with less."},
    {"not enough free nodes", "Not enough nodes are free: it starts when jobs have ended. Fewer nodes start earlier."},
    {"not enough total nodes", "There are not as many nodes: cancel it and ask for fewer."},
    {"no available resources on nodes", "No node has enough free: it starts when jobs have ended, or with less."},
    {"user has reached", "As many of your jobs run as the site allows: it starts when one ends."},
    {"would exceed", "It would go over a limit of you or your group: it starts when enough of your jobs have ended."},
    {"limit reached", "A limit for running jobs is reached: it starts when one ends."},
    {"has reached", "A limit for running jobs is reached: it starts when one ends."},
    {"would conflict with reservation or top job",
     "It would be in the way of a reservation or of the next large job: a shorter time limit may fit before that."},
    {"draining system",
     "Nodes are kept free for a large job that has waited long: a shorter time limit may fit before that."},
    {"dedicated time", "It would not end before a time that the site keeps for itself: a shorter time limit may."},
    {"non-primetime", "Its queue starts jobs outside prime time only."},
    {"primetime", "Its queue starts jobs in prime time only, or it would not end before it is over."},
    {"queue not started", "The queue starts no jobs at present: wait, or use another one."},
    {"not an execution queue", "It has not been moved to a queue that starts jobs yet."},
    {"higher priority", "Jobs with a higher priority come before it."},
    {"fairshare", "You have used much of late, so others come before you."},
    {"too many failed attempts",
     "It could not be started 21 times, so PBS holds it: `qrls ID` tries again; tell the site."},
    {"job held by", "Somebody has held it: `qrls ID` lets it go, where it was you."},
    {"job held", "It is held: `qrls ID` lets it go, where you may."},
    {"ineligible state", "A node that it needs is down or offline: ask for no special node, or wait."},
    {"dependency", "It starts when the jobs that it comes after (--after) have ended."},
    {"license", "It waits for a licence that others use."},
};

/// `qstat` says that of jobs which have ended after they were selected. All others are in its answer.
bool only_gone_jobs(const std::string& error) {
    for (const std::string& line : text::lines(error))
        if (!text::trim(line).empty() && !text::has(line, "unknown job id") && !text::has(line, "has finished"))
            return false;
    return true;
}

}  // namespace

void PbsWords::begin(Words& all, const Request& request, std::size_t longest_name) {
    all.push_back("#PBS -N " + text::job_name(request, longest_name));
    // The one thing of the job's own that qstat shows and nobody cuts or changes.
    if (!request.token.empty())
        all.push_back("#PBS -v HECATON_TOKEN=" + text::checked("the token", request.token, "-_"));
    all.push_back("#PBS -S /bin/sh");
}

void PbsWords::end(Words& all, const Request& request) const {
    if (request.limit.count() > 0) all.push_back("#PBS -l walltime=" + text::clock(request.limit));
    if (!request.queue.empty()) all.push_back("#PBS -q " + text::checked("the queue", request.queue, "-_.@"));
    if (!request.account.empty()) all.push_back("#PBS -A " + text::checked("the account", request.account, "-_."));
    if (request.mail.empty()) {
        all.push_back("#PBS -m n");
    } else {
        all.push_back("#PBS -m ae");
        all.push_back("#PBS -M " + text::checked("the mail address", request.mail, "-_.@+"));
    }
    all.push_back(std::string("#PBS -r ") + (request.restarts > 0 || !request.array.ranges.empty() ? "y" : "n"));
    all.push_back("#PBS -j oe");
    all.push_back("#PBS -o \"" + text::path(request.folder, title(), ":,^") + "/batch.out\"");
    for (const std::string& words : request.directives) all.push_back("#PBS " + text::directive(words));
}

Words PbsWords::submit(const Request& request, const std::string& script) const {
    // Not as directives: each link of a chain has the same script, and comes after another job.
    if (request.after.empty()) return {"qsub", script};
    return {"qsub", "-W", "depend=" + dependencies(request), script};
}

std::optional<std::string> PbsWords::id(const Answer& answer) const {
    return text::id(
        answer, command(),
        [](const Words& lines) {
            Words with_server;
            Words bare;
            for (const std::string& line : lines) {
                const std::string word = text::trim(line);
                const auto id = pbs_id(word);
                if (id && id->task.empty()) (id->server.empty() ? bare : with_server).push_back(word);
            }
            return with_server.empty() ? bare : with_server;
        },
        refusals());
}

Words PbsWords::array_limit() const { return {"qstat", "-B", "-f"}; }

Scheduler::ArrayLimit PbsWords::array_limit(const Answer& answer) const {
    return {.tasks = text::limit(answer, longest_array())};
}

Words PbsWords::list() const {
    // qstat -u and -f exclude each other, and qstat -f alone shows the jobs of all users. A qselect that hangs does not
    // outlive the shell for long.
    return {"/bin/sh", "-fc",
            R"sh(jobs=$(timeout 60 qselect -u "$(id -un)") || exit; [ -z "$jobs" ] || exec qstat -f -t $jobs)sh"};
}

std::optional<std::vector<View>> PbsWords::views(const Answer& answer) const {
    const bool gone = answer.came && answer.status != 0 && !text::unclear(answer) && only_gone_jobs(answer.error);
    if (!text::answered(answer) && !gone) return std::nullopt;
    std::vector<View> found = read_all(answer.output);
    if (found.empty() && !text::trim(answer.output).empty()) return std::nullopt;  // some other text: no list
    // An array is shown by its tasks where they are there.
    std::erase_if(found, [&](const View& whole) {
        return whole.task.empty() && std::any_of(found.begin(), found.end(), [&](const View& task) {
                   return task.id == whole.id && !task.task.empty();
               });
    });
    return found;
}

std::optional<View> PbsWords::view(const Answer& answer, const std::string& id) const {
    if (!answer.came) return std::nullopt;
    auto found = read_all(answer.output);
    std::erase_if(found, [&](const View& other) { return other.id != id; });
    return text::together(found);
}

std::string PbsWords::explain(const View& view) const { return text::meaning(pbs_comments, view.reason); }

Words PbsWords::cancel(const std::string& id) const { return {"qdel", id}; }

std::string PbsWords::task_id(const std::string& id, int index) const {
    const auto open = id.find("[]");
    return open == std::string::npos ? id : id.substr(0, open + 1) + std::to_string(index) + id.substr(open + 1);
}

Words PbsWords::warn(const std::string& id) const { return {"qsig", "-s", "SIGUSR2", id}; }

Scheduler::Requeue PbsWords::requeue(const std::string&) const {
    return {.command = {}, .status = {}, .chain = true};  // qrerun is for operators
}

/// "Job Id: 12.server", a line "    name = value" for each attribute, and lines with a tab that go on with the
/// value.
std::vector<View> PbsWords::read_all(const std::string& output) const {
    std::vector<View> found;
    std::string id;
    Fields fields;
    const auto take = [&] {
        if (!id.empty()) found.push_back(read(id, fields));
        id.clear();
        fields.clear();
    };
    for (const std::string& line : text::lines(output)) {
        static constexpr std::string_view mark = "Job Id:";
        if (line.starts_with(mark)) {
            take();
            if (const auto named = text::trim(line.substr(mark.size())); pbs_id(named)) id = named;
        } else if (line.starts_with("\t")) {
            if (!fields.empty()) fields.back().second += line.substr(1);
        } else if (line.starts_with("    ") && !id.empty()) {
            const auto equals = line.find(" = ");
            if (equals != std::string::npos)
                fields.emplace_back(text::trim(line.substr(0, equals)), line.substr(equals + 3));
        }
    }
    take();
    return found;
}

View PbsWords::read(const std::string& id, const Fields& fields) const {
    const auto field = [&](std::string_view name) {
        for (const auto& [key, value] : fields)
            if (key == name) return text::trim(value);
        return std::string();
    };
    View view{.id = id};
    if (const auto parts = pbs_id(id); parts && parts->array) {
        view.id = parts->number + "[]" + parts->server;
        view.task = parts->task;
    }
    for (const std::string& set : text::split(field("Variable_List"), ','))
        if (set.starts_with("HECATON_TOKEN=")) view.token = set.substr(set.find('=') + 1);
    text::take_name(view, field("Job_Name"));
    view.word = field("job_state");
    std::string code = field("Exit_status").empty() ? field("exit_status") : field("Exit_status");
    std::optional<long> status;
    if (code.starts_with("-")) {
        if (const auto below = text::number(code.substr(1))) status = -*below;
    } else {
        status = text::number(code);
    }
    view.state = state_of(view.word, status);
    if (status && ended(view.state) && *status >= 0)  // 256 and the signal, in old ones 128 and the signal
        view.status = static_cast<int>(*status >= 256 ? 128 + *status % 128 : *status);
    view.reason = field("comment");
    // A job that comes after others is held by the server itself.
    if (view.state == State::held && !field("depend").empty() &&
        (field("Hold_Types") == "s" || field("Hold_Types").empty())) {
        view.state = State::waiting;
        if (view.reason.empty()) view.reason = "dependency " + field("depend");
    }
    view.out_of_memory =
        status && ended(view.state) && (of_memory(*status) || text::has(view.reason, "memory limit exceeded"));
    view.memory = text::bytes(field("resources_used.mem"));
    view.nodes = hosts_of(field("exec_host"));
    view.elapsed = text::seconds(field("resources_used.walltime"));
    if (view.state == State::running)
        if (const auto limit = text::seconds(field("Resource_List.walltime")); limit && view.elapsed)
            view.left = std::max(0L, *limit - *view.elapsed);
    view.start = !field("stime").empty()        ? field("stime")
                 : !field("start_time").empty() ? field("start_time")
                                                : field("estimated.start_time");
    const auto runs = text::number(field("run_count").empty() ? field("start_count") : field("run_count"));
    view.run = static_cast<int>(std::clamp(runs.value_or(1) - 1, 0L, 1'000'000L));
    return view;
}

}  // namespace hecaton::launcher::batch

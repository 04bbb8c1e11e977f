// Slurm. Tried on a real 22.05.
#include <algorithm>

#include <launcher/base/refusal.hpp>
#include <launcher/batch/slurm_reasons.hpp>
#include <launcher/batch/text.hpp>

namespace hecaton::launcher::batch {

namespace {

/// All words of the manual's "job state codes", the flags too: one word is shown, and a flag hides the state.
State slurm_state(std::string_view word, std::string_view reason) {
    static constexpr std::pair<std::string_view, State> states[] = {
        {"BOOT_FAIL", State::lost},        {"CANCELLED", State::cancelled},
        {"COMPLETED", State::done},        {"DEADLINE", State::timed_out},
        {"FAILED", State::failed},         {"NODE_FAIL", State::lost},
        {"OUT_OF_MEMORY", State::failed},  {"PENDING", State::waiting},
        {"PREEMPTED", State::lost},        {"RUNNING", State::running},
        {"SUSPENDED", State::suspended},   {"TIMEOUT", State::timed_out},
        {"COMPLETING", State::running},    {"CONFIGURING", State::running},
        {"EXPEDITING", State::waiting},    {"LAUNCH_FAILED", State::waiting},
        {"POWER_UP_NODE", State::running}, {"RECONFIG_FAIL", State::waiting},
        {"REQUEUED", State::waiting},      {"REQUEUE_FED", State::waiting},
        {"REQUEUE_HOLD", State::held},     {"RESIZING", State::running},
        {"RESV_DEL_HOLD", State::held},    {"REVOKED", State::running},  // by another cluster of the federation
        {"SIGNALING", State::running},     {"SPECIAL_EXIT", State::held},
        {"STAGE_OUT", State::running},     {"STOPPED", State::suspended},
        {"UPDATE_DB", State::running},
    };
    for (const auto& [known, state] : states)
        if (word == known)
            return state == State::waiting && (text::has(reason, "JobHeld") || text::has(reason, "held")) ? State::held
                                                                                                          : state;
    return State::unknown;
}

/// "3" or "3@cluster": what sbatch has printed as "3;cluster". The words that name the job to a command.
Words slurm_job(Words command, const std::string& id) {
    const auto at = id.find('@');
    if (at != std::string::npos) command.insert(command.begin() + 1, {"-M", id.substr(at + 1)});
    command.push_back(id.substr(0, at));
    return command;
}

/// Dependencies name no clusters: "3@cluster:4" becomes "3:4".
std::string slurm_ids(const std::string& ids) {
    std::string all;
    for (const std::string& id : text::split(ids, ':')) all += (all.empty() ? "" : ":") + id.substr(0, id.find('@'));
    return all;
}

const text::Meanings slurm_refusals = {
    {"invalid partition", "`sinfo -s` lists the partitions."},
    {"invalid account or account/partition",
     "`sacctmgr show assoc user=$USER` lists the accounts and what they may use."},
    {"invalid qos", "`sacctmgr show assoc user=$USER format=account,qos` lists the QoS that you may use."},
    {"requested time limit is invalid", "`sinfo -o '%P %l'` shows the longest time of each partition: ask for less."},
    {"node count specification invalid",
     "`sinfo -o '%P %D %c'` shows nodes and cores of each partition: ask for fewer."},
    {"requested node configuration is not available",
     "No node is as large: fewer ranks on a node, less memory or fewer GPUs."},
    {"memory specification can not be satisfied", "No node has that memory: ask for less."},
    {"invalid generic resource", "The partition's nodes have no such GPUs: `sinfo -o '%P %G'` shows them."},
    {"job violates accounting/qos policy",
     "A limit of your account or QoS: `sacctmgr show qos` shows them; ask for less."},
    {"job dependency problem", "The job to wait for is not known, or the job would wait for itself."},
    {"access/permission denied", "You may not use it, or not from this host."},
    {"invalid job array", "`scontrol show config | grep MaxArraySize` says which number is too large."},
};

class Slurm : public Scheduler {
  public:
    std::string name() const override { return "slurm"; }
    std::string title() const override { return "Slurm"; }
    std::string command() const override { return "sbatch"; }

    Words directives(const Request& request) const override {
        Words all;
        const auto add = [&](const std::string& words) { all.push_back("#SBATCH " + words); };
        std::string log;
        for (const char letter : text::path(request.folder, title()))
            log += letter == '%' ? "%%" : std::string(1, letter);
        add("--job-name=" + text::job_name(request));
        if (!request.token.empty()) add("--comment=" + text::checked("the token", request.token, "-_"));
        add("--nodes=" + std::to_string(request.nodes));
        add("--ntasks-per-node=" + std::to_string(request.ranks_per_node));
        if (request.limit.count() > 0) add("--time=" + text::clock(request.limit));
        if (!request.queue.empty()) add("--partition=" + text::checked("the partition", request.queue, "-_.,"));
        if (!request.account.empty()) add("--account=" + text::checked("the account", request.account, "-_.@"));
        if (!request.qos.empty()) add("--qos=" + text::checked("the QoS", request.qos, "-_."));
        if (request.memory > 0) add("--mem=" + std::to_string(request.memory) + "M");
        // Not --gpus-per-task, which binds each rank to its own and hides the others from MPI's copies between them.
        if (request.gpus_per_rank > 0)
            add("--gpus-per-node=" + std::to_string(request.gpus_per_rank * request.ranks_per_node));
        if (request.exclusive) add("--exclusive");
        if (!request.after.empty()) add("--dependency=afterany:" + slurm_ids(text::after(request, ":")));
        if (!request.array.ranges.empty())
            add("--array=" + text::ranges(request.array) +
                (request.array.at_once > 0 ? "%" + std::to_string(request.array.at_once) : ""));
        if (!request.mail.empty()) {
            add("--mail-type=END,FAIL");
            add("--mail-user=" + text::checked("the mail address", request.mail, "-_.@+"));
        }
        // The signal of Slurm's own comes up to a minute early, so not where the job is short; it also tells a job that
        // is preempted, where the site has send_user_signal.
        if (request.limit.count() == 0 || request.limit >= std::chrono::minutes(10)) add("--signal=B:USR2@60");
        add(request.restarts > 0 ? "--requeue" : "--no-requeue");
        add("--open-mode=append");
        add("--output=\"" + log + "/batch.out\"");
        for (const std::string& words : request.directives) add(text::directive(words));
        return all;
    }
    std::string array_index() const override { return R"(echo "${SLURM_ARRAY_TASK_ID-}")"; }

    Words submit(const Request&, const std::string& script) const override { return {"sbatch", "--parsable", script}; }
    std::optional<std::string> id(const Answer& answer) const override {
        return text::id(
            answer, command(),
            [](const Words& lines) {
                Words found;
                for (const std::string& line : lines) {
                    static constexpr std::string_view spoken = "Submitted batch job ";
                    std::string rest = text::trim(line);
                    if (rest.starts_with(spoken)) rest = rest.substr(spoken.size());
                    const Words parts = text::split(rest, ';');
                    if (!text::number(parts[0]) || parts.size() > 2) continue;
                    if (parts.size() == 2 && !text::plain(parts[1], "-_.")) continue;
                    found.push_back(parts.size() == 2 ? parts[0] + "@" + parts[1] : parts[0]);
                }
                return found;
            },
            slurm_refusals);
    }

    Words array_limit() const override { return {"scontrol", "show", "config"}; }
    ArrayLimit array_limit(const Answer& answer) const override {
        ArrayLimit limit;
        if (const auto size = text::limit(answer, "MaxArraySize")) limit.last_index = *size - 1;
        // One of "SchedulerParameters = a=1,max_array_tasks=500".
        Answer parameters = answer;
        for (char& letter : parameters.output)
            if (letter == ',' || letter == ' ') letter = '\n';
        limit.tasks = text::limit(parameters, "max_array_tasks");
        return limit;
    }

    Words list() const override {
        // What people name comes last: it may have the delimiter in it.
        return {"squeue", "--me", "-h", "-t", "all", "-o", "%F|%K|%T|%M|%L|%N|%r|%S|%k|%j"};
    }
    std::optional<std::vector<View>> views(const Answer& answer) const override {
        if (!text::answered(answer)) return std::nullopt;
        std::vector<View> found;
        bool other = false;
        for (const std::string& line : text::lines(answer.output)) {
            const Words parts = text::split(line, '|', 10);
            other = other || !text::trim(line).empty();
            if (parts.size() != 10 || !text::number(parts[0]) || parts[2].empty()) continue;
            View view;
            view.id = parts[0];
            // "N/A" where it is no array, "3", or "2-9%4" for those that wait
            if (parts[1] != "N/A" && parts[1] != "(null)") view.task = text::split(parts[1], '%').front();
            view.word = parts[2];
            view.reason = parts[6] == "None" ? "" : parts[6];
            view.state = slurm_state(view.word, view.reason);
            view.out_of_memory = out_of_memory(view);
            view.elapsed = time(parts[3]);
            view.left = time(parts[4]);
            view.nodes = parts[5];
            view.start = parts[7] == "N/A" ? "" : parts[7];
            if (parts[8] != "(null)") view.token = parts[8];
            text::take_name(view, parts[9]);
            found.push_back(std::move(view));
        }
        if (found.empty() && other) return std::nullopt;  // some other text: no list
        return found;
    }

    Words one(const std::string& id) const override {
        // Slurm forgets an ended job after MinJobAge, 300 s; its accounting, where the site has it, does not.
        const auto at = id.find('@');
        Words all = {"/bin/sh", "-c",
                     R"(timeout 60 scontrol ${2:+-M "$2"} show job -o "$1" && exit
exec sacct ${2:+-M "$2"} -X -n -P -o JobID,State,ExitCode,Elapsed,NodeList,JobName,Comment -j "$1")",
                     "sh", id.substr(0, at)};
        if (at != std::string::npos) all.push_back(id.substr(at + 1));
        return all;
    }
    std::optional<View> view(const Answer& answer, const std::string& id) const override {
        if (!answer.came || answer.status != 0) return std::nullopt;
        std::vector<View> found;
        for (const std::string& line : text::lines(answer.output)) {
            auto one = line.starts_with("JobId=") ? described(line) : accounted(line);
            if (one) found.push_back(std::move(*one));
        }
        auto all = text::together(found);
        if (all) all->id = id;
        return all;
    }
    std::string explain(const View& view) const override { return slurm_reason(view.reason); }

    Words cancel(const std::string& id) const override { return slurm_job({"scancel"}, id); }
    std::string task_id(const std::string& id, int index) const override {
        const auto at = std::min(id.find('@'), id.size());
        return id.substr(0, at) + "_" + std::to_string(index) + id.substr(at);
    }
    Words warn(const std::string& id) const override { return slurm_job({"scancel", "--batch", "--signal=USR2"}, id); }
    Requeue requeue(const std::string& id) const override {
        return {.command = slurm_job({"scontrol", "requeue"}, id), .status = {}, .chain = false};
    }

  private:
    static bool out_of_memory(const View& view) { return view.word == "OUT_OF_MEMORY" || view.reason == "OutOfMemory"; }
    static std::optional<long> time(const std::string& clock) { return text::seconds(clock); }

    /// "7:0" is a status, "0:9" a signal.
    static std::optional<int> exit_status(const std::string& code) {
        const Words parts = text::split(code, ':');
        if (parts.size() != 2) return std::nullopt;
        const auto status = text::number(parts[0]);
        const auto signal = text::number(parts[1]);
        if (!status || !signal || *status > 255 || *signal > 127) return std::nullopt;
        return static_cast<int>(*signal != 0 ? 128 + *signal : *status);
    }

    /// A line of `scontrol show job -o`.
    static std::optional<View> described(const std::string& line) {
        const auto field = [&](const std::string& key) -> std::string {
            const auto at = (" " + line).find(" " + key + "=");
            if (at == std::string::npos) return "";
            const auto begin = at + key.size() + 1;
            return line.substr(begin, line.find(' ', begin) - begin);
        };
        View view;
        view.id = field("JobId");
        view.task = text::split(field("ArrayTaskId"), '%').front();
        view.word = field("JobState");
        view.reason = field("Reason") == "None" ? "" : field("Reason");
        view.state = slurm_state(view.word, view.reason);
        view.token = field("Comment");
        text::take_name(view, field("JobName"));
        view.nodes = field("NodeList") == "(null)" ? "" : field("NodeList");
        view.start = field("StartTime") == "Unknown" ? "" : field("StartTime");
        view.elapsed = time(field("RunTime"));
        view.run = static_cast<int>(std::min(text::number(field("Restarts")).value_or(0), 1'000'000L));
        if (ended(view.state)) view.status = exit_status(field("ExitCode"));
        view.out_of_memory = out_of_memory(view);
        view.memory_limit = text::bytes(field("MinMemoryNode"));
        const auto cores = text::number(field("NumCPUs"));
        const auto nodes = text::number(text::split(field("NumNodes"), '-').front());
        if (const auto each = text::bytes(field("MinMemoryCPU")); each > 0 && cores && nodes && *nodes > 0)
            view.memory_limit = each * static_cast<std::uint64_t>(*cores / *nodes);
        if (view.word.empty()) return std::nullopt;
        return view;
    }

    /// A line of sacct.
    static std::optional<View> accounted(const std::string& line) {
        const Words parts = text::split(line, '|', 7);
        if (parts.size() != 7 || parts[1].empty()) return std::nullopt;
        View view;
        view.id = parts[0];
        if (const auto at = parts[0].find('_'); at != std::string::npos) view.task = parts[0].substr(at + 1);
        view.word = text::split(parts[1], ' ').front();  // "CANCELLED by 1000"
        view.state = slurm_state(view.word, "");
        if (ended(view.state)) view.status = exit_status(parts[2]);
        view.out_of_memory = out_of_memory(view);
        view.elapsed = time(parts[3]);
        view.nodes = parts[4] == "None assigned" ? "" : parts[4];
        view.token = parts[6];
        text::take_name(view, parts[5]);
        return view;
    }
};

}  // namespace

std::unique_ptr<Scheduler> make_slurm() { return std::make_unique<Slurm>(); }

}  // namespace hecaton::launcher::batch

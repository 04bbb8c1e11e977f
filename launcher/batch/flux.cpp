// Flux. From its manual; not tried on a real one.
#include <algorithm>

#include <launcher/base/refusal.hpp>
#include <launcher/batch/text.hpp>

namespace hecaton::launcher::batch {

namespace {

const text::Meanings flux_refusals = {
    {"invalid queue", "`flux queue list` lists the queues."},
    {"unknown queue", "`flux queue list` lists the queues."},
    {"no such queue", "`flux queue list` lists the queues."},
    {"unsatisfiable", "There is not as much: `flux resource list` shows what there is; ask for less."},
    {"exceeds", "A limit of the queue or of yours: `flux queue list` shows the longest time; ask for less."},
    {"bank", "The account, which Flux calls bank, is not known, or not yours."},
    {"dependency", "A job to wait for is not known."},
    {"duration", "The time limit is not what the queue takes: `flux queue list` shows the longest."},
    {"submission is disabled", "The queue takes no jobs at present: `flux queue status` says why."},
    {"stopped", "The queue takes no jobs at present: `flux queue status` says why."},
};

const text::Meanings flux_reasons = {
    {"after", "It starts when the jobs that it comes after (--after) have ended."},
    {"begin-time", "Its start time is not there yet."},
    {"max-running-jobs", "As many of your jobs run as you may have: it starts when one ends."},
    {"max-active-jobs", "You have as many jobs as you may have: it goes on when one ends."},
    {"max-resources", "Your running jobs use as much as you may: it starts when some have ended."},
    {"insufficient resources", "Not enough is free: it starts when jobs have ended. Fewer nodes start earlier."},
    {"unsatisfiable", "There is not as much: cancel it and ask for less."},
    {"held", "It is held, as its urgency is 0: `flux job urgency ID default` lets it go."},
    {"priority", "Flux has not worked out its priority yet."},
    {"waiting", "Not enough is free, or others come before it. Fewer nodes or a shorter time start earlier."},
};

/// The number of an id as `flux batch` prints it: "ƒ" or "f" and base 58, or the number itself.
std::optional<std::string> flux_number(std::string word) {
    if (text::number(word)) return word;
    static constexpr std::string_view florin = "\xc6\x92";
    if (word.starts_with(florin)) {
        word.erase(0, florin.size());
    } else if (word.starts_with("f") && word.size() > 5 && word.find_first_of("123456789") != std::string::npos) {
        // In a locale without UTF-8. "first" may be a word of the site's.
        word.erase(0, 1);
    } else {
        return std::nullopt;
    }
    static constexpr std::string_view digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    if (word.empty() || word.size() > 11) return std::nullopt;
    unsigned long long value = 0;
    for (const char letter : word) {
        const auto digit = digits.find(letter);
        if (digit == std::string_view::npos || value > (~0ULL - digit) / 58) return std::nullopt;
        value = value * 58 + digit;
    }
    return std::to_string(value);
}

class Flux : public Scheduler {
  public:
    std::string name() const override { return "flux"; }
    std::string title() const override { return "Flux"; }
    std::string command() const override { return "flux"; }

    Words directives(const Request& request) const override {
        if (!request.qos.empty()) text::has_no(title(), "QoS", "leave --qos out, and choose a queue");
        if (!request.array.ranges.empty())
            text::has_no(title(), "array of jobs", "submit one for each task, or let one job work through a list");
        if (request.memory > 0) text::has_no(title(), "limit for memory", "leave --mem out");
        if (!request.mail.empty()) text::has_no(title(), "mail", "leave --mail out; `hecaton wait` waits for it");
        Words all;
        const auto add = [&](const std::string& words) { all.push_back("#FLUX: " + words); };
        add("--job-name=" + text::job_name(request));
        if (!request.token.empty()) add("--setattr=user.hecaton=" + text::checked("the token", request.token, "-_"));
        add("--nodes=" + std::to_string(request.nodes));
        add("--nslots=" + std::to_string(request.nodes * request.ranks_per_node));
        if (request.gpus_per_rank > 0) add("--gpus-per-slot=" + std::to_string(request.gpus_per_rank));
        if (request.exclusive) add("--exclusive");
        if (request.limit.count() > 0) add("--time-limit=" + std::to_string(request.limit.count()) + "s");
        if (!request.queue.empty()) add("--queue=" + text::checked("the queue", request.queue, "-_."));
        if (!request.account.empty())
            add("--setattr=system.bank=" + text::checked("the account", request.account, "-_."));
        // Only with a limit, and not in a short job, which it would reach before it has done anything.
        if (request.limit >= std::chrono::minutes(10)) add("--signal=SIGUSR2@60s");
        if (request.folder.find("{{") != std::string::npos)
            throw Refusal("the folder " + request.folder +
                          " has {{ in its name, which Flux fills in: submit from another one");
        add("--output=\"" + text::path(request.folder, title()) + "/batch.out\"");
        for (const std::string& words : request.directives) add(text::directive(words));
        return all;
    }
    std::string array_index() const override { return ""; }
    TakesArray takes_array(const Request&) const override { return {.how = Arrays::none, .why = "Flux has no arrays"}; }

    Words submit(const Request& request, const std::string& script) const override {
        // Not as directives: each link of a chain has the same script, and comes after another job.
        Words all = {"flux", "batch"};
        for (const std::string& id : request.after)
            all.push_back("--dependency=afterany:" + text::checked("the job to wait for", id));
        all.push_back(script);
        return all;
    }
    std::optional<std::string> id(const Answer& answer) const override {
        return text::id(
            answer, "flux batch",
            [](const Words& lines) {
                Words found;
                for (const std::string& line : lines)
                    if (const auto id = flux_number(text::trim(line))) found.push_back(*id);
                return found;
            },
            flux_refusals);
    }

    Words list() const override {
        // What people name comes last: it may have the delimiter in it. By default there would be 1,000 at most.
        const std::string fields =
            "{id.dec}|{state}|{result}|{returncode}|{urgency}|{nodelist}|{runtime}|{t_remaining}|{t_run!D}|"
            "{dependencies}|{exception.type}|{exception.note}|{name}";
        return {"flux", "jobs", "-a", "-n", "--count=100000", "-o", fields};
    }
    std::optional<std::vector<View>> views(const Answer& answer) const override {
        if (!text::answered(answer)) return std::nullopt;
        return read(answer.output);
    }
    Words one(const std::string& id) const override {
        Words all = list();
        all.push_back(id);
        return all;
    }
    std::optional<View> view(const Answer& answer, const std::string& id) const override {
        auto found = answer.came && answer.status == 0 ? read(answer.output) : std::nullopt;
        if (!found) return std::nullopt;
        std::erase_if(*found, [&](const View& other) { return other.id != id; });
        return text::together(*found);
    }
    std::string explain(const View& view) const override {
        if (view.state != State::waiting && view.state != State::held) return "";
        return text::meaning(flux_reasons, view.reason.empty() ? "waiting" : std::string_view(view.reason));
    }

    Words expected(const std::string& id) const override {
        return {"flux", "jobs", "-n", "-o", "{annotations.sched.t_estimate!D}", id};
    }
    std::string expected_start(const Answer& answer) const override {
        const std::string time = text::trim(answer.output);
        return answer.came && answer.status == 0 && text::plain(time, "-:.T+Z") ? time : "";
    }

    Words cancel(const std::string& id) const override { return {"flux", "cancel", id}; }
    Words warn(const std::string& id) const override { return {"flux", "job", "kill", "--signal=SIGUSR2", id}; }
    Requeue requeue(const std::string&) const override { return {.command = {}, .status = {}, .chain = true}; }

  private:
    static State state_of(const std::string& state, const std::string& result, bool urgent) {
        if (state == "DEPEND") return State::waiting;
        if (state == "PRIORITY" || state == "SCHED") return urgent ? State::waiting : State::held;
        if (state == "RUN" || state == "CLEANUP") return State::running;
        if (state != "INACTIVE") return State::unknown;
        if (result == "COMPLETED") return State::done;
        if (result == "FAILED") return State::failed;
        if (result == "CANCELED") return State::cancelled;
        if (result == "TIMEOUT") return State::timed_out;
        return State::unknown;
    }

    /// "12.5" are 12 whole seconds.
    static std::optional<long> whole(const std::string& seconds) {
        return text::number(seconds.substr(0, seconds.find('.')));
    }

    /// Nothing where the text is no list.
    static std::optional<std::vector<View>> read(const std::string& output) {
        std::vector<View> found;
        bool other = false;
        for (const std::string& line : text::lines(output)) {
            const Words parts = text::split(line, '|', 13);
            other = other || !text::trim(line).empty();
            if (parts.size() != 13 || !text::number(parts[0])) continue;
            View view;
            view.id = parts[0];
            view.state = state_of(parts[1], parts[2], parts[4] != "0");
            view.word = parts[1] == "INACTIVE" && !parts[2].empty() ? parts[2] : parts[1];
            if (ended(view.state)) view.status = exit_status(parts[3]);
            view.nodes = parts[5];
            view.elapsed = whole(parts[6]);
            if (view.state == State::running) view.left = whole(parts[7]);
            view.start = parts[8];
            // A note of the node's failure is the only word for that.
            if (view.state == State::failed && (parts[10] == "node-failure" || text::has(parts[11], "lost contact")))
                view.state = State::lost;
            if (view.state == State::held) {
                view.reason = "held";
            } else if (!ended(view.state)) {
                view.reason = parts[9];
            } else if (!parts[10].empty()) {
                view.reason = parts[10] + (parts[11].empty() ? "" : ": " + parts[11]);
            }
            text::take_name(view, parts[12]);
            found.push_back(std::move(view));
        }
        if (found.empty() && other) return std::nullopt;
        return found;
    }

    /// The job's own, or what is below 0 for a signal; -128 where it was cancelled before it began.
    static std::optional<int> exit_status(const std::string& code) {
        const bool signal = code.starts_with("-");
        const auto number = text::number(signal ? code.substr(1) : code);
        if (!number || *number > 255 || (signal && *number > 127)) return std::nullopt;
        return static_cast<int>(signal ? 128 + *number : *number);
    }
};

}  // namespace

std::unique_ptr<Scheduler> make_flux() { return std::make_unique<Flux>(); }

}  // namespace hecaton::launcher::batch

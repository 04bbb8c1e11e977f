// Slurm. Tried on a real 22.05.
#include <fmt/format.h>

#include <algorithm>

#include <launcher/batch/site/reading.hpp>
#include <launcher/batch/text.hpp>

namespace hecaton::launcher::batch {

namespace {

using reading::Pairs;

constexpr long asks_for_another_run = 75;

/// Some partitions have nodes of several kinds, with a line for each kind.
void take_partition(std::vector<Queue>& queues, const Words& columns) {
    std::string name = columns[0];
    const bool usual = name.ends_with('*');
    if (usual) name.pop_back();
    if (name.empty()) return;
    auto found = std::find_if(queues.begin(), queues.end(), [&](const Queue& queue) { return queue.name == name; });
    if (found == queues.end()) {
        found = queues.insert(queues.end(), Queue{.name = name});
        found->usual = usual;
        found->state = columns[1];
        found->open = columns[1] == "up";
        found->limit = text::seconds(columns[2]);  // "infinite" is none
        found->given_limit = text::seconds(columns[3]);
        const auto dash = columns[4].find('-');  // "1-infinite", or "1" for one at most
        found->most_nodes = text::number(columns[4].substr(dash == std::string::npos ? 0 : dash + 1)).value_or(0);
    }
    const auto whole = [](const std::string& number) {  // "64+" where they differ
        return text::number(number.substr(0, number.find('+')));
    };
    const Words states = text::split(columns[7], '/');  // allocated, idle, other, all
    const auto count = std::min(text::number(columns[5]).value_or(0), 10'000'000L);
    found->nodes.count += static_cast<int>(count);
    if (states.size() == 4)
        found->nodes.down += static_cast<int>(std::min(text::number(states[2]).value_or(0), 10'000'000L));
    reading::widen(found->nodes.cores, whole(columns[6]).value_or(0));
    reading::widen(found->nodes.memory, whole(columns[8]).value_or(0));
}

void settings_of(Site& site, const Pairs& config) {
    const auto setting = [&](const char* name, std::string words, std::string mend = {}) {
        site.settings.push_back({name, std::move(words), std::move(mend)});
    };
    const auto said = [&](const char* key) { return reading::value(config, key); };
    if (const auto size = reading::number(config, "MaxArraySize"))
        setting("arrays", *size > 0
                              ? fmt::format("MaxArraySize {}: an --array with numbers above {} is submitted in parts",
                                            *size, *size - 1)
                              : std::string("MaxArraySize 0: there are no arrays"));
    if (const std::string requeue = said("JobRequeue"); !requeue.empty())
        setting("restarts",
                fmt::format("JobRequeue {}: not used, as hecaton asks for a requeue with --restarts only", requeue));
    if (reading::has_number(said("RequeueExit"), asks_for_another_run))
        setting("restarts",
                fmt::format("RequeueExit {}: Slurm itself requeues a job that ends with {}, as one does that is out of "
                            "time, whatever --restarts says, and without end",
                            said("RequeueExit"), asks_for_another_run),
                "ask the site to take 75 out of RequeueExit; until then hecaton cancel JOB ends it");
    if (reading::has_number(said("RequeueExitHold"), asks_for_another_run))
        setting("restarts",
                fmt::format("RequeueExitHold {}: Slurm holds a job that ends with {}, as one does that is out of time",
                            said("RequeueExitHold"), asks_for_another_run),
                "ask the site to take 75 out of RequeueExitHold; until then scontrol release JOB lets it go on");
    if (const std::string mode = said("PreemptMode"); !mode.empty())
        setting("preemption",
                fmt::format("PreemptMode {}: {}", mode,
                            text::has(mode, "requeue")  ? "a job may be requeued for another; --journal keeps results"
                            : text::has(mode, "cancel") ? "a job may be ended for another; --journal keeps results"
                            : text::has(mode, "suspend") || text::has(mode, "gang")
                                ? "a job may be stopped for a while for another"
                                : "no job has to make way for another"));
    const std::string accounting = said("AccountingStorageType");
    const bool none = accounting.empty() || accounting.ends_with("/none");
    if (const auto age = reading::number(config, "MinJobAge"); age && !accounting.empty())
        setting("ended jobs",
                fmt::format("MinJobAge {} s: Slurm shows an ended job that long, {}", *age,
                            none ? "and nothing later, as it has no accounting; the job's own record stays"
                                 : "and later its accounting does (sacct)"));
    if (const auto wait = reading::number(config, "KillWait"))
        setting("the end", fmt::format("KillWait {} s: between SIGTERM and SIGKILL when a job's time is over", *wait));
    if (said("EnforcePartLimits") == "NO")
        setting("limits",
                "EnforcePartLimits NO: a job that is too large for its partition is taken, and waits; "
                "hecaton status JOB says so");
}

}  // namespace

std::vector<Words> slurm_site_questions() {
    return {{"scontrol", "show", "config"}, {"sinfo", "-h", "-o", "%P|%a|%l|%L|%s|%D|%c|%F|%m"}};
}

Site slurm_site(const Words& answers) {
    Site site;
    const Pairs config = reading::pairs(text::lines(answers[0]), "=");
    site.version = reading::value(config, "SLURM_VERSION");
    settings_of(site, config);
    for (const std::string& line : text::lines(answers[1]))
        if (const Words columns = text::split(line, '|'); columns.size() == 9) take_partition(site.queues, columns);
    return site;
}

}  // namespace hecaton::launcher::batch

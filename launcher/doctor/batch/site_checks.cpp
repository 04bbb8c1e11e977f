#include <launcher/doctor/batch/site_checks.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace hecaton::launcher {
namespace {

using batch::Environment;
using batch::Nodes;
using batch::Queue;
using batch::Site;
using batch::Span;

constexpr std::chrono::seconds slow{5};

std::string time_text(long seconds) {
    if (seconds % 86'400 == 0 && seconds >= 2 * 86'400) return fmt::format("{} days", seconds / 86'400);
    if (seconds % 3'600 == 0) return fmt::format("{} h", seconds / 3'600);
    if (seconds % 60 == 0) return fmt::format("{} min", seconds / 60);
    return fmt::format("{} s", seconds);
}

std::string memory_text(const Span& memory) {
    const bool large = memory.least >= 10'000;
    const auto unit = [&](long mebibytes) { return large ? (mebibytes + 512) / 1'024 : mebibytes; };
    const std::string most = memory.most > memory.least ? fmt::format(" to {}", unit(memory.most)) : "";
    return fmt::format("{}{} {}", unit(memory.least), most, large ? "GB" : "MB");
}

std::string count_text(const Span& span, const char* noun) {
    if (span.most > span.least) return fmt::format("{} to {} {}s", span.least, span.most, noun);
    return fmt::format("{} {}{}", span.least, noun, span.least == 1 ? "" : "s");
}

// "3 nodes (1 of them down) of 4 cores and 1000 MB"
std::string nodes_text(const Nodes& nodes) {
    std::string text = fmt::format("{} node{}", nodes.count, nodes.count == 1 ? "" : "s");
    if (nodes.down > 0) text += fmt::format(" ({} of them down)", nodes.down);
    if (nodes.cores.most > 0) text += " of " + count_text(nodes.cores, "core");
    if (nodes.memory.most > 0) text += (nodes.cores.most > 0 ? " and " : " of ") + memory_text(nodes.memory);
    return text;
}

std::string queue_text(const Queue& queue) {
    std::vector<std::string> parts;
    if (!queue.state.empty()) parts.push_back(queue.state);
    if (queue.usual) parts.emplace_back("the default");
    std::string time = queue.limit ? fmt::format("{} at most", time_text(*queue.limit)) : std::string("no time limit");
    if (queue.given_limit) time += fmt::format(", {} without --time", time_text(*queue.given_limit));
    parts.push_back(time);
    if (queue.nodes.count > 0)
        parts.push_back(nodes_text(queue.nodes));
    else if (queue.nodes.cores.most > 0)
        parts.push_back(count_text(queue.nodes.cores, "slot") + " on a host");
    if (queue.most_nodes > 0) parts.push_back(fmt::format("{} nodes a job at most", queue.most_nodes));
    if (!queue.environments.empty())
        parts.push_back(fmt::format("parallel environments {}", fmt::join(queue.environments, " ")));
    return fmt::format("{}", fmt::join(parts, "; "));
}

std::vector<std::string> names(const std::vector<Queue>& queues) {
    std::vector<std::string> all;
    all.reserve(queues.size());
    for (const auto& queue : queues) all.push_back(queue.name);
    return all;
}

Check check_answer(const AskedSite& asked) {
    const double seconds = std::chrono::duration<double>(asked.took).count();
    if (asked.scheduler == "local")
        return {"batch system", Verdict::ok, "none: a job is a process in the background of this machine"};
    if (!asked.trouble.empty())
        return {"batch system", Verdict::bad, fmt::format("{} does not answer: {}", asked.title, asked.trouble),
                "go to a login node of its cluster; --scheduler local makes jobs of this machine"};
    const std::string text = fmt::format("{}{}{} answers, in {:.2f} s", asked.title,
                                         asked.site.version.empty() ? "" : " ", asked.site.version, seconds);
    if (asked.took < slow) return {"batch system", Verdict::ok, text};
    return {"batch system", Verdict::warning, text + "; hecaton status and wait are as slow",
            "ask the site why; hecaton submit --patience waits longer for it"};
}

void check_queues(const AskedSite& asked, const std::string& wanted, std::vector<Check>& checks) {
    const auto& queues = asked.site.queues;
    if (asked.scheduler == "local") {
        checks.push_back({"queue", Verdict::ok,
                          fmt::format("none: jobs do not wait for each other; this machine has {} core{}", asked.cores,
                                      asked.cores == 1 ? "" : "s")});
        return;
    }
    const Queue* const chosen = queue_of(asked.site, wanted);
    for (const auto& queue : queues) {
        const std::string name = queue.name.empty() ? "queue" : "queue " + queue.name;
        if (&queue != chosen || queue.open)
            checks.push_back({name, Verdict::ok, queue_text(queue)});
        else
            checks.push_back({name, Verdict::warning, queue_text(queue) + "; it starts no jobs at present",
                              "wait, or take another one: --queue NAME"});
    }
    if (queues.empty())
        checks.push_back({"queues", Verdict::warning, fmt::format("{} lists none", asked.title), "ask the site"});
    else if (!wanted.empty() && !chosen)
        checks.push_back({"queue " + wanted, Verdict::bad, "there is none of that name",
                          fmt::format("one of these: {}", fmt::join(names(queues), ", "))});
    else if (!chosen)
        checks.push_back({"queue", Verdict::warning, "none is the default",
                          fmt::format("--queue NAME, one of these: {}", fmt::join(names(queues), ", "))});
}

void check_environments(const AskedSite& asked, const std::string& queue, std::vector<Check>& checks) {
    if (asked.scheduler != "sge") return;
    for (const auto& one : asked.site.environments)
        checks.push_back({"environment " + one.name, Verdict::ok,
                          fmt::format("{} slots; allocation_rule {}{}", one.slots, one.rule,
                                      one.rule == "$pe_slots" ? ", on one host only"
                                      : !one.controls         ? "; control_slaves FALSE, not made for Open MPI"
                                                              : "")});
    if (best_environment(asked.site, queue) == nullptr)
        checks.push_back({"environments", Verdict::warning,
                          "no parallel environment is there for that queue: jobs have one rank only",
                          "ask the site for one (qconf -ap)"});
}

}  // namespace

const Queue* queue_of(const Site& site, const std::string& name) {
    const auto found = std::ranges::find_if(site.queues, [&](const Queue& queue) {
        return name.empty() ? queue.usual || site.queues.size() == 1 : queue.name == name;
    });
    return found == site.queues.end() ? nullptr : &*found;
}

const Environment* best_environment(const Site& site, const std::string& queue) {
    const Queue* const chosen = queue_of(site, queue);
    const auto worth = [&](const Environment& one) {
        const bool there = !chosen || std::ranges::find(chosen->environments, one.name) != chosen->environments.end();
        if (!there || one.slots < 2) return 0;
        return 1 + (one.rule != "$pe_slots" ? 4 : 0) + (one.controls ? 2 : 0);
    };
    const auto best = std::ranges::max_element(site.environments, {}, worth);
    return best == site.environments.end() || worth(*best) == 0 ? nullptr : &*best;
}

std::pair<int, int> trial_layout(const AskedSite& asked, const std::string& queue) {
    const Queue* const chosen = queue_of(asked.site, queue);
    const Nodes& nodes = chosen && chosen->nodes.count > 0 ? chosen->nodes : asked.site.nodes;
    const bool one = asked.scheduler == "local" || nodes.count - nodes.down == 1 || (chosen && chosen->most_nodes == 1);
    if (!one) return {2, 1};
    return {1, nodes.cores.least == 1 ? 1 : 2};
}

std::vector<Check> check_site(const AskedSite& asked, const SubmitOptions& wishes) {
    std::vector<Check> checks{check_answer(asked)};
    if (!asked.trouble.empty()) return checks;
    check_queues(asked, wishes.queue, checks);
    if (asked.site.nodes.count > 0) checks.push_back({"nodes", Verdict::ok, nodes_text(asked.site.nodes)});
    check_environments(asked, wishes.queue, checks);
    for (const auto& setting : asked.site.settings)
        checks.push_back(
            {setting.name, setting.mend.empty() ? Verdict::ok : Verdict::warning, setting.text, setting.mend});
    return checks;
}

}  // namespace hecaton::launcher

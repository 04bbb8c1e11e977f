#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <hecaton/launch/batch_job.hpp>
#include <hecaton/launch/refusal.hpp>
#include <optional>
#include <sstream>

namespace hecaton::detail::launch {
namespace {

std::optional<int> number_in(std::string_view text) {
    int number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
    return number;
}

// Splits at commas that are in no brackets.
std::vector<std::string_view> parts_of(std::string_view list) {
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    int depth = 0;
    for (std::size_t i = 0; i <= list.size(); ++i) {
        if (i < list.size() && list[i] == '[') ++depth;
        if (i < list.size() && list[i] == ']') --depth;
        if (i < list.size() && (list[i] != ',' || depth > 0)) continue;
        if (i > begin) parts.push_back(list.substr(begin, i - begin));
        begin = i + 1;
    }
    return parts;
}

constexpr auto most_names = static_cast<std::size_t>(most_ranks);

// Appends what "n[08-10,12]" stands for; there may be several brackets.
void add_names(std::vector<std::string>& names, const std::string& before, std::string_view pattern) {
    const auto open = pattern.find('[');
    const auto close = pattern.find(']', open);
    if (close == std::string_view::npos) {
        if (names.size() < most_names) names.push_back(before + std::string(pattern));
        return;
    }
    const std::string begin = before + std::string(pattern.substr(0, open));
    for (const std::string_view range : parts_of(pattern.substr(open + 1, close - open - 1))) {
        const auto dash = range.find('-');
        const std::string_view from = range.substr(0, dash);
        const auto first = number_in(from);
        const auto last = dash == std::string_view::npos ? first : number_in(range.substr(dash + 1));
        if (!first || !last) continue;
        for (int i = *first; i <= *last && names.size() < most_names; ++i)
            add_names(names, fmt::format("{}{:0{}}", begin, i, from.size()), pattern.substr(close + 1));
    }
}

std::vector<Host> slurm_nodes(const Variables& environment) {
    const auto names = slurm_names(value(environment, "SLURM_JOB_NODELIST"));
    const auto tasks = slurm_tasks_of_nodes(value(environment, "SLURM_TASKS_PER_NODE"));
    std::vector<Host> nodes;
    for (std::size_t i = 0; i < names.size() && tasks.size() == names.size(); ++i)
        nodes.push_back({.name = names[i], .slots = tasks[i]});
    return nodes;
}

// A line for each slot, or "host slots ..."; a host may come again.
std::vector<Host> nodes_in(const std::string& file, bool with_slots) {
    std::vector<Host> nodes;
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) {
        std::istringstream words(line);
        std::string name;
        int slots = 1;
        if (!(words >> name) || (with_slots && !(words >> slots)) || slots < 1) continue;
        const auto found = std::ranges::find(nodes, name, &Host::name);
        Host& node = found == nodes.end() ? nodes.emplace_back(Host{.name = name, .slots = 0}) : *found;
        node.slots = static_cast<int>(std::min<long long>(most_ranks, static_cast<long long>(node.slots) + slots));
    }
    return nodes;
}

// "n1, n2, n3"; the first few of many.
std::string names_of(const std::vector<Host>& nodes) {
    constexpr std::size_t few = 8;
    std::string text;
    for (std::size_t i = 0; i < std::min(few, nodes.size()); ++i) text += (i > 0 ? ", " : "") + nodes[i].name;
    return nodes.size() > few ? text + ", ..." : text;
}

}  // namespace

std::vector<std::string> slurm_names(std::string_view list) {
    std::vector<std::string> names;
    for (const std::string_view part : parts_of(list)) add_names(names, {}, part);
    return names;
}

std::vector<Host> job_nodes(const Variables& environment) {
    switch (allocation(environment).scheduler) {
        case Scheduler::slurm:
            return slurm_nodes(environment);
        case Scheduler::sge:
            return nodes_in(std::string(value(environment, "PE_HOSTFILE")), true);
        case Scheduler::pbs:
            return nodes_in(std::string(value(environment, "PBS_NODEFILE")), false);
        case Scheduler::lsf:
            return nodes_in(std::string(value(environment, "LSB_DJOB_HOSTFILE")), false);
        default:
            return {};
    }
}

bool same_machine(std::string_view one, std::string_view other) {
    return one.substr(0, one.find('.')) == other.substr(0, other.find('.'));
}

std::vector<Host> part_of_job(const std::vector<Host>& hosts, const MachineFacts& facts) {
    if (facts.job_nodes.empty()) return hosts;
    std::vector<Host> part;
    for (const Host& host : hosts) {
        const auto node =
            std::ranges::find_if(facts.job_nodes, [&](const Host& one) { return same_machine(one.name, host.name); });
        if (node == facts.job_nodes.end())
            throw Refusal(fmt::format("--hosts: {} is no node of {} job {}; its nodes are: {}", host.name,
                                      name(facts.allocation.scheduler), facts.allocation.job,
                                      names_of(facts.job_nodes)));
        part.push_back({.name = node->name, .slots = host.slots});
    }
    return part;
}

void tell_slurm(Command& command, const MachineFacts& facts, bool beside) {
    if (facts.allocation.scheduler != Scheduler::slurm) return;
    if (facts.environment.contains("SLURM_EXPORT_ENV")) command.environment.emplace_back("SLURM_EXPORT_ENV", "ALL");
    if (beside && !facts.environment.contains("SLURM_OVERLAP")) command.environment.emplace_back("SLURM_OVERLAP", "1");
}

}  // namespace hecaton::detail::launch

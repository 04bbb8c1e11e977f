#include <launcher/engines/way.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/subprocess.hpp>
#include <hecaton/launch/batch_job.hpp>
#include <nlohmann/json.hpp>

#include <launcher/hosts/agent.hpp>

namespace hecaton::launcher {
namespace {

using detail::launch::Host;
using detail::launch::Scheduler;
using nlohmann::json;

// The numbers in "0-3,7".
std::vector<int> numbers_in(const json& ids) {
    std::vector<int> found;
    if (!ids.is_string()) return found;
    for (const auto& name : detail::launch::slurm_names("[" + ids.get<std::string>() + "]"))
        if (const int number = std::atoi(name.c_str()); number >= 0) found.push_back(number);
    return found;
}

// A task of a Flux job is in the instance that runs the job, whose nodes are others' too.
bool is_task_of_flux(const detail::launch::Variables& environment) {
    return !detail::launch::value(environment, "FLUX_TASK_RANK").empty();
}

std::vector<Host> ask_flux() {
    const auto answer = detail::Subprocess::run(
        {.argv = {"flux", "resource", "R"}, .errors = detail::Subprocess::Errors::apart}, std::chrono::seconds(20));
    return answer.problem == 0 && answer.status == 0 && !answer.late ? flux_nodes(answer.output) : std::vector<Host>();
}

}  // namespace

std::vector<Host> flux_nodes(std::string_view resources) {
    const json all = json::parse(resources, nullptr, false);
    const auto execution = all.is_object() ? all.value("execution", json()) : json();
    if (!execution.is_object()) return {};
    std::vector<std::string> names;
    for (const auto& list : execution.value("nodelist", json::array()))
        if (list.is_string())
            for (auto& name : detail::launch::slurm_names(list.get<std::string>())) names.push_back(std::move(name));
    std::vector<Host> nodes(names.size());
    for (const auto& part : execution.value("R_lite", json::array())) {
        if (!part.is_object()) return {};
        const auto children = part.value("children", json::object());
        const int cores =
            children.is_object() ? static_cast<int>(numbers_in(children.value("core", json())).size()) : 0;
        for (const int rank : numbers_in(part.value("rank", json()))) {
            const auto at = static_cast<std::size_t>(rank);
            if (at >= nodes.size()) return {};  // ranks of another instance
            nodes[at] = {.name = names[at], .slots = std::max(1, cores)};
        }
    }
    const bool whole = std::ranges::none_of(nodes, [](const Host& node) { return node.name.empty(); });
    return whole ? nodes : std::vector<Host>();
}

std::vector<std::string> way_to_nodes(detail::launch::MachineFacts& machine) {
    const auto path = detail::launch::search_path(machine.environment);
    const auto there = [&](const char* command) { return !detail::launch::find_in_path(path, command).empty(); };
    const std::string self = detail::host::executable();
    auto& nodes = machine.job_nodes;
    switch (machine.allocation.scheduler) {
        case Scheduler::lsf:
            // Where there is jsrun, blaunch may not be used, and the first node is one that has no ranks.
            if (nodes.empty() || !there("blaunch") || there("jsrun")) return {};
            return lsf_agent(self);
        case Scheduler::flux: {
            if (is_task_of_flux(machine.environment) || !there("flux")) return {};
            nodes = ask_flux();
            if (nodes.empty()) return {};
            std::vector<std::string> names(nodes.size());
            std::ranges::transform(nodes, names.begin(), &Host::name);
            return flux_agent(self, names);
        }
        default:
            return {};
    }
}

}  // namespace hecaton::launcher

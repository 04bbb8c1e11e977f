#include <fmt/format.h>

#include <algorithm>
#include <hecaton/launch/batch_job.hpp>

#include <launcher/base/refusal.hpp>
#include <launcher/engines/engine.hpp>

namespace hecaton::launcher {
namespace {

std::string host_words(const detail::launch::Request& request) {
    std::string list;
    for (const auto& host : request.hosts) {
        const int room = request.ranks_per_node > 0 ? request.ranks_per_node : host.slots;
        list += fmt::format("{}{}:{}", list.empty() ? "" : ",", host.name, room);
    }
    return list;
}

// hydra takes the file of ssh as an argument, and further words for ssh from the environment.
void add_ssh(detail::launch::Command& command, const Plan& plan) {
    // To ssh it would say -x, in front of all other words.
    const char* const kind = plan.request.by_agent ? "rsh" : "ssh";
    command.argv.insert(command.argv.end(), {"-launcher", kind, "-launcher-exec", plan.ssh.front()});
    std::string rest;
    for (std::size_t i = 1; i < plan.ssh.size(); ++i) rest += (i > 1 ? " " : "") + plan.ssh[i];
    if (!rest.empty()) command.environment.emplace_back("HYDRA_LAUNCHER_EXTRA_ARGS", rest);
}

void add_binding(detail::launch::Command& command, const detail::launch::Request& request, bool crowded) {
    using detail::launch::Bind;
    auto& argv = command.argv;
    const int threads = std::max(1, request.threads);
    const bool cores = request.bind == Bind::core || (request.bind == Bind::automatic && threads > 1 && !crowded);
    if (cores)
        argv.insert(argv.end(), {"-bind-to", threads > 1 ? fmt::format("core:{}", threads) : "core"});
    else if (request.bind == Bind::numa || request.bind == Bind::socket)
        argv.insert(argv.end(), {"-bind-to", request.bind == Bind::numa ? "numa" : "socket"});
}

}  // namespace

detail::launch::Command hydra_command(const Plan& plan, const PlanFacts& facts) {
    const auto& request = plan.request;
    if (plan.network.ipv6)
        throw Refusal(wrong_command_line,
                      "MPICH's hydra uses IPv4 between machines, and the way to these hosts is IPv6: give them IPv4 "
                      "addresses and names for these, or build the program with Open MPI");
    detail::launch::Command command;
    command.argv = {facts.hydra};
    command.expected_ranks = plan.ranks;
    command.scrub = detail::launch::inherited_from_a_job(facts.machine.environment);
    if (plan.ranks > 0) command.argv.insert(command.argv.end(), {"-n", std::to_string(plan.ranks)});
    if (request.ranks_per_node > 0)
        command.argv.insert(command.argv.end(), {"-ppn", std::to_string(request.ranks_per_node)});
    const bool here = !plan.many_nodes;
    const int threads = std::max(1, request.threads);
    const bool crowded = here && static_cast<long>(plan.ranks) * threads > facts.machine.cores;
    if (crowded) command.crowded = detail::launch::crowded_note(plan.ranks, threads, facts.machine.cores);
    if (!request.hosts.empty()) {
        command.argv.insert(command.argv.end(), {"-hosts", host_words(request)});
        if (plan.over_ssh) add_ssh(command, plan);
    }
    detail::launch::tell_slurm(command, facts.machine, plan.many_nodes);
    add_binding(command, request, crowded);
    if (!request.wdir.empty()) command.argv.insert(command.argv.end(), {"-wdir", request.wdir});
    // hydra passes its own environment on to the ranks, on other nodes too.
    command.environment.emplace_back("HECATON_EXPECTED_SIZE", std::to_string(plan.ranks));
    const auto words = detail::launch::program_words(request);
    command.argv.insert(command.argv.end(), words.begin(), words.end());
    return command;
}

}  // namespace hecaton::launcher

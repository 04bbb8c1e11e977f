#include <fmt/format.h>

#include <algorithm>
#include <hecaton/launch/batch_job.hpp>

#include <launcher/engines/engine.hpp>

namespace hecaton::launcher {
namespace {

// srun's --mpi= has to fit the program, or each rank is alone in its world.
const char* wire_up(const Linked& linked) {
    switch (linked.mpi) {
        case Mpi::open_mpi:
            return "pmix";
        case Mpi::mpich:
            return "pmi2";
        case Mpi::none:
            return "none";
        default:
            return nullptr;  // the site's default
    }
}

const char* binding(const detail::launch::Request& request) {
    switch (request.bind) {
        case detail::launch::Bind::core:
            return "cores";
        case detail::launch::Bind::numa:
            return "ldoms";
        case detail::launch::Bind::socket:
            return "sockets";
        case detail::launch::Bind::automatic:
            return request.threads > 1 ? "cores" : "none";
        case detail::launch::Bind::none:
            return "none";
    }
    return "none";
}

// The job's number, too: srun does not take it over, and a step of exactly that many cores would have one for each
// rank.
std::string cpus_of_rank(const detail::launch::Request& request, const PlanFacts& facts) {
    if (request.threads > 0) return std::to_string(request.threads);
    return std::string(detail::launch::value(facts.machine.environment, "SLURM_CPUS_PER_TASK"));
}

}  // namespace

detail::launch::Command srun_command(const Plan& plan, const PlanFacts& facts) {
    const auto& request = plan.request;
    const auto& allocation = facts.machine.allocation;
    detail::launch::Command command;
    command.argv = {facts.srun};
    auto& argv = command.argv;
    command.expected_ranks = plan.ranks;
    command.scrub = detail::launch::inherited_from_a_job(facts.machine.environment);
    if (plan.ranks > 0) argv.push_back(fmt::format("--ntasks={}", plan.ranks));
    if (request.ranks_per_node > 0) argv.push_back(fmt::format("--ntasks-per-node={}", request.ranks_per_node));
    const std::string cpus = cpus_of_rank(request, facts);
    if (!cpus.empty()) argv.push_back("--cpus-per-task=" + cpus);
    if (const char* mpi = wire_up(facts.linked)) argv.push_back(fmt::format("--mpi={}", mpi));
    argv.push_back(fmt::format("--cpu-bind={}", binding(request)));
    if (allocation.slots > 0 && plan.ranks > allocation.slots) {
        argv.emplace_back("--overcommit");
        command.crowded = detail::launch::crowded_note(plan.ranks, std::max(1, request.threads), allocation.slots);
    } else if (plan.ranks > 0) {
        // Or a step takes all of the job's cores, and the next one waits. Slurm before 20.11 has no such option.
        command.environment.emplace_back("SLURM_EXACT", "1");
    }
    // The launcher itself judges how ranks end, and passes standard input on.
    argv.insert(argv.end(), {"--kill-on-bad-exit=0", "--wait=0", "--input=none"});
    if (!request.hosts.empty()) {
        argv.push_back(fmt::format("--nodes={}", request.hosts.size()));
        std::string names;
        for (const auto& host : request.hosts) names += (names.empty() ? "" : ",") + host.name;
        argv.push_back("--nodelist=" + names);
    }
    if (!request.wdir.empty()) argv.push_back("--chdir=" + request.wdir);
    // srun passes its own environment on to the ranks.
    detail::launch::tell_slurm(command, facts.machine, false);
    command.environment.emplace_back("HECATON_EXPECTED_SIZE", std::to_string(plan.ranks));
    argv.push_back("--");
    const auto words = detail::launch::program_words(request);
    argv.insert(argv.end(), words.begin(), words.end());
    return command;
}

}  // namespace hecaton::launcher

#include <fmt/format.h>

#include <algorithm>
#include <hecaton/foundation/error.hpp>
#include <hecaton/transport/launch_command.hpp>

namespace hecaton::launch {
namespace {

// A parameter of Open MPI that the user has set in the environment; a command line would override it.
bool user_set(const Facts& facts, std::string_view parameter) {
    return facts.environment.contains(fmt::format("OMPI_MCA_{}", parameter));
}

void refuse_what_cannot_be(const Request& request, const Facts& facts) {
    if (request.ranks < 0 || request.ranks > most_ranks)
        throw UsageError(
            fmt::format("{} ranks cannot be: give a whole number from 1 to {}", request.ranks, most_ranks));
    const auto& allocation = facts.allocation;
    const auto inside = [&](std::string_view what_to_run) {
        return UsageError(
            fmt::format("inside {} job {}, where Open MPI's mpirun does not find the job's nodes; run: {} {}",
                        name(allocation.scheduler), allocation.job, what_to_run, shell_quoted(request.program)));
    };
    const std::string count = request.ranks > 0 ? fmt::format("-n {}", request.ranks) : "-n RANKS";
    if (allocation.scheduler == Scheduler::lsf) throw inside("jsrun " + count + ", or the site's own mpirun " + count);
    if (allocation.scheduler == Scheduler::flux) throw inside("flux run " + count);
    if (allocation.scheduler == Scheduler::cobalt) throw inside("aprun " + count);
    if (allocation.step_of_many)
        throw UsageError(
            fmt::format("srun started several copies without telling them that they are ranks (Slurm job {}); run: "
                        "srun --mpi=pmix {}, or start one copy",
                        allocation.job, shell_quoted(request.program)));
    if (facts.mpirun.empty())
        throw UsageError(
            "mpirun is not in PATH: install Open MPI (on Debian and Ubuntu: openmpi-bin), or load its module");
    if (facts.open_mpi_major == 0)
        throw UsageError(
            fmt::format("{} is not Open MPI's: put Open MPI's mpirun first in PATH, or start the ranks with the "
                        "launcher of the MPI that the program was built with",
                        facts.mpirun));
}

// The rules of one node: its own transports (naming them starts 2.8 times faster than letting each rank look for a
// network), and no arguments about slots.
void add_one_node_options(Command& command, const Facts& facts) {
    auto& argv = command.argv;
    if (!user_set(facts, "pml") && !user_set(facts, "btl"))
        argv.insert(argv.end(),
                    {"--mca", "pml", "ob1", "--mca", "btl", facts.open_mpi_major >= 5 ? "self,sm" : "self,vader"});
    if (facts.copy_allowed) return;
    if (facts.open_mpi_major >= 5 && !user_set(facts, "smsc"))
        argv.insert(argv.end(), {"--mca", "smsc", "^cma"});
    else if (facts.open_mpi_major < 5 && !user_set(facts, "btl_vader_single_copy_mechanism"))
        argv.insert(argv.end(), {"--mca", "btl_vader_single_copy_mechanism", "none"});
}

// Where to put the ranks. Ranks have threads, so none is bound to a core. Open MPI counts cores, we count hardware
// threads and quotas, and the user knows best: whatever the number, it is not refused.
void add_placement(Command& command, const Request& request, const Facts& facts) {
    auto& argv = command.argv;
    const auto& allocation = facts.allocation;
    const bool allocated = allocation.scheduler != Scheduler::none;
    const int count = command.expected_ranks;
    if (!allocation.hostfile.empty()) argv.insert(argv.end(), {"--hostfile", allocation.hostfile});
    if (request.ranks > 0 || !allocated) argv.insert(argv.end(), {"-n", std::to_string(count)});
    if (!user_set(facts, "hwloc_base_binding_policy")) argv.insert(argv.end(), {"--bind-to", "none"});
    const bool crowded = allocated ? allocation.slots > 0 && count > allocation.slots : count > facts.cores;
    if ((crowded || !allocated) && !user_set(facts, "rmaps_base_mapping_policy"))
        argv.insert(argv.end(), {"--map-by", ":OVERSUBSCRIBE"});
    // Allowing oversubscription makes ranks yield only when Open MPI counts more of them than cores; say what is so.
    if ((crowded || !allocated) && !user_set(facts, "mpi_yield_when_idle"))
        argv.insert(argv.end(), {"--mca", "mpi_yield_when_idle", crowded ? "1" : "0"});
    if (crowded && allocated)
        command.notes.push_back(fmt::format("{} ranks on the {} slots of {} job {}: they share cores", count,
                                            allocation.slots, name(allocation.scheduler), allocation.job));
}

void add_root(Command& command, const Facts& facts) {
    if (!facts.root) return;
    if (facts.environment.contains("OMPI_ALLOW_RUN_AS_ROOT") &&
        facts.environment.contains("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"))
        return;
    command.environment.emplace_back("OMPI_ALLOW_RUN_AS_ROOT", "1");
    command.environment.emplace_back("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");
    command.notes.emplace_back(
        "running as root: allowed, as in a container; set OMPI_ALLOW_RUN_AS_ROOT=1 and "
        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 to silence this line");
}

// mpirun takes an argument that is a lone colon for the start of another program, and has no way to quote it. env -S
// splits one argument into several by rules of its own: inside single quotes only \\ and \' are special.
void add_through_env(Command& command, const Request& request) {
    std::string line;
    const auto add = [&](const std::string& word) {
        line += line.empty() ? "'" : " '";
        for (const char letter : word) {
            if (letter == '\\' || letter == '\'') line += '\\';
            line += letter;
        }
        line += '\'';
    };
    add(request.program);
    std::ranges::for_each(request.args, add);
    command.argv.insert(command.argv.end(), {"env", "-S", line});
}

void add_program(Command& command, const Request& request) {
    Request safe = request;
    if (safe.program.starts_with('-')) safe.program.insert(0, "./");  // or mpirun takes it for an option
    if (std::ranges::count(safe.args, ":") > 0) return add_through_env(command, safe);
    command.argv.push_back(safe.program);
    command.argv.insert(command.argv.end(), safe.args.begin(), safe.args.end());
}

}  // namespace

int ranks(const Request& request, const Facts& facts) {
    if (request.ranks > 0) return request.ranks;
    return facts.allocation.scheduler == Scheduler::none ? facts.cores : facts.allocation.slots;
}

Command command(const Request& request, const Facts& facts) {
    refuse_what_cannot_be(request, facts);
    const bool allocated = facts.allocation.scheduler != Scheduler::none;
    const bool one_node = !allocated || facts.allocation.nodes == 1;
    Command made;
    made.argv = {facts.mpirun};
    made.expected_ranks = ranks(request, facts);
    made.stdin_from_null = request.stdin_from_null;
    made.scrub = inherited_from_a_job(facts.environment);
    add_placement(made, request, facts);
    if (one_node) add_one_node_options(made, facts);
    add_root(made, facts);
    const std::string expected = std::to_string(made.expected_ranks);
    made.environment.emplace_back("HECATON_EXPECTED_SIZE", expected);
    // Ranks on this node inherit mpirun's environment; those on others get only what is exported by name.
    if (!one_node) made.argv.insert(made.argv.end(), {"-x", "HECATON_EXPECTED_SIZE=" + expected});
    add_program(made, request);
    return made;
}

std::string shell_quoted(std::string_view word) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./,:@%^";
    if (!word.empty() && word.find_first_not_of(plain) == std::string_view::npos) return std::string(word);
    std::string quoted = "'";
    for (const char letter : word) {
        if (letter == '\'')
            quoted += "'\\''";
        else
            quoted += letter;
    }
    return quoted + "'";
}

std::string shell_quoted(const Command& command) {
    std::string line = "env";
    for (const auto& name : command.scrub) line.append(" -u ").append(shell_quoted(name));
    for (const auto& [name, text] : command.environment)
        line.append(" ").append(shell_quoted(fmt::format("{}={}", name, text)));
    for (const auto& word : command.argv) line.append(" ").append(shell_quoted(word));
    if (command.stdin_from_null) line += " </dev/null";
    return line;
}

std::vector<std::string> environment_strings(const Command& command, const Variables& environment) {
    Variables wanted = environment;
    for (const auto& name : command.scrub) wanted.erase(name);
    for (const auto& [name, text] : command.environment) wanted[name] = text;
    std::vector<std::string> strings;
    for (const auto& [name, text] : wanted) strings.push_back(name + "=" + text);
    return strings;
}

}  // namespace hecaton::launch

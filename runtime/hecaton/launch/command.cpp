#include <fmt/format.h>

#include <algorithm>
#include <hecaton/launch/batch_job.hpp>
#include <hecaton/launch/command.hpp>
#include <hecaton/launch/refusal.hpp>

namespace hecaton::detail::launch {
namespace {

// A parameter of Open MPI that the user has set in the environment; a command line would override it.
bool user_set(const MachineFacts& facts, std::string_view parameter) {
    return facts.environment.contains(fmt::format("OMPI_MCA_{}", parameter));
}

void refuse_what_cannot_be(const Request& request, const MachineFacts& facts) {
    if (request.ranks < 0 || request.ranks > most_ranks)
        throw Refusal(fmt::format("{} ranks cannot be: give a whole number from 1 to {}", request.ranks, most_ranks));
    const auto& allocation = facts.allocation;
    const auto inside = [&](std::string_view what_to_run) {
        return Refusal(
            fmt::format("inside {} job {}, where Open MPI's mpirun does not find the job's nodes; run: {} {}",
                        name(allocation.scheduler), allocation.job, what_to_run, shell_quoted(request.program)));
    };
    const std::string count = request.ranks > 0 ? fmt::format("-n {}", request.ranks) : "-n RANKS";
    if (allocation.scheduler == Scheduler::lsf && !request.by_agent)
        throw inside("jsrun " + count + ", or the site's own mpirun " + count);
    if (allocation.scheduler == Scheduler::flux && !request.by_agent) throw inside("flux run " + count);
    if (allocation.scheduler == Scheduler::cobalt) throw inside("aprun " + count);
    if (allocation.step_of_many)
        throw Refusal(
            fmt::format("srun started several copies without telling them that they are ranks (Slurm job {}); run: "
                        "srun --mpi=pmix {}, or start one copy",
                        allocation.job, shell_quoted(request.program)));
    if (facts.mpirun.empty())
        throw Refusal(
            "mpirun is not in PATH: install Open MPI (on Debian and Ubuntu: openmpi-bin), or load its module");
    if (facts.open_mpi_major == 0)
        throw Refusal(
            fmt::format("{} is not Open MPI's: put Open MPI's mpirun first in PATH, or start the ranks with the "
                        "launcher of the MPI that the program was built with",
                        facts.mpirun));
}

// Options, where they are needed.
struct Row {
    bool needed;
    std::vector<std::string> words;
};

void add(Command& command, std::initializer_list<Row> rows) {
    for (const auto& row : rows)
        if (row.needed) command.argv.insert(command.argv.end(), row.words.begin(), row.words.end());
}

// Without it, Open MPI 5 remarks that ranks of one host do not reach each other by TCP, which they need not. A
// variable, because --mca would set the daemons' parameter of the same name.
void add_reachable(Command& command, const MachineFacts& facts) {
    if (facts.open_mpi_major >= 5 && !user_set(facts, "reachable"))
        command.environment.emplace_back("OMPI_MCA_reachable", "weighted");
}

// On one node transports are named, which starts 2.8 times faster than letting each rank look for a fast network. Ranks
// talk through shared memory; it does not reach what a program starts with MPI_Comm_spawn, which takes tcp.
void add_one_node_options(Command& command, const MachineFacts& facts) {
    const bool newer = facts.open_mpi_major >= 5;
    const bool no_copies = !facts.copy_allowed;
    add(command, {{!user_set(facts, "pml") && !user_set(facts, "btl"),
                   {"--mca", "pml", "ob1", "--mca", "btl", newer ? "self,sm,tcp" : "self,vader,tcp"}},
                  // In a Slurm job Open MPI 5 runs srun to learn its version, complains where that fails, and crashes
                  // where there is neither srun nor ssh, as in containers. It would need one of them for other nodes
                  // only, so any command does.
                  {newer && facts.allocation.only_here && !facts.environment.contains("PRTE_MCA_plm"),
                   {"--prtemca", "plm", "ssh", "--prtemca", "plm_ssh_agent", "true"}},
                  {no_copies && newer && !user_set(facts, "smsc"), {"--mca", "smsc", "^cma"}},
                  {no_copies && !newer && !user_set(facts, "btl_vader_single_copy_mechanism"),
                   {"--mca", "btl_vader_single_copy_mechanism", "none"}}});
}

// A rank that mpirun did not bind looks at the whole machine, graphics cards included, to find out that it is not bound
// (35 ms). It does not when it is told that mpirun has decided about it.
void add_quick_start(Command& command, const MachineFacts& facts) {
    if (facts.open_mpi_major < 5) command.environment.emplace_back("OMPI_MCA_orte_bound_at_launch", "1");
}

// From 32 ranks a node on, mpirun forks them from several threads, while its main thread records which have ended. It
// misses some, and then waits for ever for ranks that are gone: openpmix/prrte#1839, #2713, and Open MPI 4 does the
// same.
void add_safe_start(Command& command, const MachineFacts& facts) {
    constexpr int threads_from = 32;
    const bool newer = facts.open_mpi_major >= 5;
    const bool many = command.expected_ranks == 0 || command.expected_ranks >= threads_from;
    add(command, {{many && !facts.environment.contains(newer ? "PRTE_MCA_odls_base_num_threads"
                                                             : "OMPI_MCA_odls_base_num_threads"),
                   {newer ? "--prtemca" : "--mca", "odls_base_num_threads", "0"}}});
}

std::string host_words(const Request& request) {
    std::string list;
    for (const auto& host : request.hosts) {
        // Open MPI takes a host's slots as a limit even where ranks a node are asked for.
        const int room = std::max(host.slots, request.ranks_per_node);
        list += fmt::format("{}{}:{}", list.empty() ? "" : ",", host.name, room);
    }
    return list;
}

// Binds nothing unless asked: the pool's ranks have threads. Threads ask for cores of their own where there are enough.
Bind binding(const Request& request, bool crowded) {
    if (request.bind != Bind::automatic) return request.bind;
    return request.threads > 1 && !crowded ? Bind::core : Bind::none;
}

std::string bind_words(Bind bind, bool crowded) {
    const char* word = bind == Bind::core     ? "core"
                       : bind == Bind::numa   ? "numa"
                       : bind == Bind::socket ? "socket"
                                              : "none";
    return fmt::format("{}{}", word, crowded && bind != Bind::none ? ":overload-allowed" : "");
}

// How many ranks go on each node, and how many cores each gets; empty where Open MPI may decide.
std::string map_words(const Request& request, Bind bind) {
    std::string map = request.ranks_per_node > 0 ? fmt::format("ppr:{}:node", request.ranks_per_node) : "";
    if (bind == Bind::core && request.threads > 1)
        map += fmt::format("{}:PE={}", map.empty() ? "slot" : "", request.threads);
    return map;
}

// Where to put the ranks. Open MPI counts cores, hecaton counts hardware threads and quotas, and the user knows best:
// no number is refused.
void add_placement(Command& command, const Request& request, const MachineFacts& facts) {
    const Places places = launch::places(request, facts);
    const bool allocated = places.where == Where::allocation;
    const int count = command.expected_ranks;
    const int threads = std::max(1, request.threads);
    const bool crowded = places.slots > 0 && count > 0 && static_cast<long>(count) * threads > places.slots;
    const bool any_number = crowded || !allocated;
    const Bind bind = binding(request, crowded);
    const std::string map = map_words(request, bind);
    add(command,
        {{!request.hosts.empty(), {"--host", host_words(request)}},
         {allocated && !facts.allocation.hostfile.empty(), {"--hostfile", facts.allocation.hostfile}},
         {count > 0 && (request.ranks > 0 || request.ranks_per_node > 0 || !allocated || !request.hosts.empty()),
          {"-n", std::to_string(count)}},
         {request.bind != Bind::automatic || !user_set(facts, "hwloc_base_binding_policy"),
          {"--bind-to", bind_words(bind, crowded)}},
         {!map.empty() || (any_number && !user_set(facts, "rmaps_base_mapping_policy")),
          {"--map-by", map + (any_number ? ":OVERSUBSCRIBE" : "")}},
         // Allowing oversubscription makes ranks yield only when Open MPI counts more of them than cores; this says
         // what is so.
         {any_number && !user_set(facts, "mpi_yield_when_idle"),
          {"--mca", "mpi_yield_when_idle", crowded ? "1" : "0"}}});
    if (crowded && allocated)
        command.notes.push_back(fmt::format("{} ranks on the {} slots of {} job {}: they share cores", count,
                                            places.slots, name(facts.allocation.scheduler), facts.allocation.job));
    if (crowded && places.where == Where::here) command.crowded = crowded_note(count, threads, facts.cores);
}

void add_root(Command& command, const MachineFacts& facts) {
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

// env -S splits one argument into several by rules of its own: inside single quotes only \\ and \' are special.
std::string line_for_env(const std::vector<std::string>& words) {
    std::string line;
    for (const auto& word : words) {
        line += line.empty() ? "'" : " '";
        for (const char letter : word) {
            if (letter == '\\' || letter == '\'') line += '\\';
            line += letter;
        }
        line += '\'';
    }
    return line;
}

}  // namespace

Places places(const Request& request, const MachineFacts& facts) {
    const auto& allocation = facts.allocation;
    if (!request.hosts.empty()) {
        int slots = 0;
        for (const auto& host : request.hosts) slots = std::min(most_ranks, slots + std::min(most_ranks, host.slots));
        return {.where = allocation.scheduler == Scheduler::none ? Where::hosts : Where::allocation,
                .nodes = static_cast<int>(request.hosts.size()),
                .slots = slots};
    }
    if (allocation.scheduler != Scheduler::none)
        return {.where = Where::allocation, .nodes = allocation.nodes, .slots = allocation.slots};
    return {.where = Where::here, .nodes = 1, .slots = facts.cores};
}

int ranks(const Request& request, const MachineFacts& facts) {
    const Places found = places(request, facts);
    if (request.ranks > 0) return request.ranks;
    if (request.ranks_per_node > 0) return request.ranks_per_node * found.nodes;
    return found.where == Where::here ? std::max(1, found.slots / std::max(1, request.threads)) : found.slots;
}

bool many_nodes(const Request& request, const MachineFacts& facts) {
    const Places found = places(request, facts);
    if (found.where != Where::allocation || found.nodes != 1) return found.where == Where::hosts || found.nodes != 1;
    const auto& nodes = request.hosts.empty() ? facts.job_nodes : request.hosts;
    return nodes.size() == 1 && !facts.name.empty() && !same_machine(nodes.front().name, facts.name);
}

std::string crowded_note(int count, int threads, int cores) {
    const std::string work =
        threads > 1 ? fmt::format("{} ranks of {} threads", count, threads) : fmt::format("{} ranks", count);
    return fmt::format("{} on {} {}: oversubscribed, they take turns", work, cores, cores == 1 ? "core" : "cores");
}

Command command(const Request& request, const MachineFacts& facts) {
    refuse_what_cannot_be(request, facts);
    const bool one_node = !many_nodes(request, facts);
    Command made;
    made.argv = {facts.mpirun};
    made.expected_ranks = ranks(request, facts);
    made.scrub = inherited_from_a_job(facts.environment);
    add_placement(made, request, facts);
    if (one_node) {
        add_one_node_options(made, facts);
        add_quick_start(made, facts);
    }
    add_reachable(made, facts);
    add_safe_start(made, facts);
    tell_slurm(made, facts, !one_node);
    add_root(made, facts);
    if (facts.homeless) {
        made.environment.emplace_back("HOME", "/");
        made.notes.emplace_back("HOME is not set, and the user has no folder: Open MPI and the ranks get HOME=/");
    }
    const std::string expected = std::to_string(made.expected_ranks);
    made.environment.emplace_back("HECATON_EXPECTED_SIZE", expected);
    // Ranks on this node inherit mpirun's environment; those on others get only what is exported by name.
    if (!one_node) {
        made.argv.insert(made.argv.end(), {"-x", "HECATON_EXPECTED_SIZE=" + expected});
        for (const auto& name : request.exported) made.argv.insert(made.argv.end(), {"-x", name});
    }
    if (!request.wdir.empty()) made.argv.insert(made.argv.end(), {"--wdir", request.wdir});
    made.argv.insert(made.argv.end(), request.options.begin(), request.options.end());
    const auto words = program_words(request);
    made.argv.insert(made.argv.end(), words.begin(), words.end());
    return made;
}

std::vector<std::string> program_words(const Request& request) {
    const auto& program = request.program;
    const bool colon = std::ranges::count(request.args, ":") > 0;
    const bool by_env = colon || !request.environment.empty();
    std::vector<std::string> words;
    words.reserve(request.environment.size() + request.args.size() + 5);  // of env, nice and the program
    for (const auto& [name, text] : request.environment) words.push_back(fmt::format("{}={}", name, text));
    // env takes it for one more variable, and nice -n 0 changes nothing.
    if (by_env && program.find('=') != std::string::npos) words.insert(words.end(), {"nice", "-n", "0"});
    words.push_back((program.starts_with('-') ? "./" : "") + program);  // or it is taken for an option
    words.insert(words.end(), request.args.begin(), request.args.end());
    if (colon) return {"env", "-S", line_for_env(words)};
    if (by_env) words.insert(words.begin(), "env");
    return words;
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
    return line;
}

std::vector<std::string> environment_strings(const Command& command, const Variables& environment) {
    Variables wanted = environment;
    for (const auto& name : command.scrub) wanted.erase(name);
    for (const auto& [name, text] : command.environment) wanted[name] = text;
    std::vector<std::string> strings;
    for (const auto& [name, text] : wanted) strings.push_back(fmt::format("{}={}", name, text));
    return strings;
}

}  // namespace hecaton::detail::launch

#include <launcher/base/refusal.hpp>
#include <launcher/engines/plan.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace hecaton::launcher {
namespace {

using detail::launch::Scheduler;

// "/usr/bin/mpirun (Open MPI 4), /usr/bin/mpiexec.hydra (MPICH)"
std::string launchers_here(const PlanFacts& facts) {
    std::string list;
    const auto add = [&](const std::string& file, const std::string& whose) {
        if (!file.empty()) list += fmt::format("{}{} ({})", list.empty() ? "" : ", ", file, whose);
    };
    const auto& machine = facts.machine;
    if (machine.open_mpi_major > 0) add(machine.mpirun, fmt::format("Open MPI {}", machine.open_mpi_major));
    add(facts.hydra, "MPICH");
    add(facts.srun, "Slurm");
    return list;
}

bool open_mpi_fits(const PlanFacts& facts) {
    const auto& linked = facts.linked;
    return facts.machine.open_mpi_major > 0 && (linked.major == 0 || linked.major == facts.machine.open_mpi_major);
}

Refusal mismatch(const RunOptions& options, const PlanFacts& facts, const std::string& wanted) {
    const std::string here = launchers_here(facts);
    return Refusal(
        wrong_command_line,
        fmt::format("{} is linked with {} ({}), but the launchers in PATH are: {}; put {} first in PATH (or load "
                    "its module), or build the program with the MPI whose launcher is there",
                    options.program, name(facts.linked), facts.linked.library, here.empty() ? "none" : here, wanted));
}

Refusal no_launcher(const RunOptions& options, const PlanFacts& facts) {
    const auto& mpirun = facts.machine.mpirun;
    if (mpirun.empty())
        return Refusal(
            wrong_command_line,
            "mpirun is not in PATH: install Open MPI (on Debian and Ubuntu: openmpi-bin), or load its module");
    const std::string program = name(facts.linked).empty()
                                    ? options.program
                                    : fmt::format("{} (linked with {})", options.program, name(facts.linked));
    return Refusal(wrong_command_line,
                   fmt::format("{} is not Open MPI's{}: put Open MPI's mpirun first in PATH, or start {} with the "
                               "launcher of the MPI that it was built with",
                               mpirun, facts.hydra.empty() ? "" : " but MPICH's", program));
}

Engine for_open_mpi(const RunOptions& options, const PlanFacts& facts, bool srun) {
    if (open_mpi_fits(facts)) return Engine::open_mpi;
    if (srun) return Engine::srun;
    if (facts.machine.open_mpi_major > 0) throw mismatch(options, facts, name(facts.linked) + "'s mpirun");
    throw no_launcher(options, facts);
}

Engine for_mpich(const RunOptions& options, const PlanFacts& facts, bool srun) {
    if (!facts.hydra.empty()) return Engine::hydra;
    if (srun) return Engine::srun;
    throw mismatch(options, facts, "MPICH's mpiexec.hydra");
}

Engine asked_for(const RunOptions& options, const PlanFacts& facts) {
    const auto refuse = [](const char* text) { return Refusal(wrong_command_line, text); };
    const Mpi mpi = facts.linked.mpi;
    if (options.engine == Engine::open_mpi && facts.machine.open_mpi_major == 0)
        throw refuse("--engine openmpi: Open MPI's mpirun is not in PATH");
    if (options.engine == Engine::hydra && facts.hydra.empty())
        throw refuse("--engine hydra: MPICH's mpiexec.hydra is not in PATH");
    if (options.engine == Engine::srun && facts.srun.empty()) throw refuse("--engine srun: srun is not in PATH");
    if (options.engine == Engine::open_mpi && (mpi == Mpi::mpich || !open_mpi_fits(facts)))
        throw mismatch(options, facts, name(facts.linked) + "'s launcher");
    if (options.engine == Engine::hydra && mpi == Mpi::open_mpi)
        throw mismatch(options, facts, name(facts.linked) + "'s mpirun");
    return options.engine;
}

void refuse_what_does_not_fit(const detail::launch::Request& request, const detail::launch::Places& places) {
    const long room = static_cast<long>(request.ranks_per_node) * places.nodes;
    if (room == 0 || room >= request.ranks) return;
    const char* what = places.where == detail::launch::Where::hosts ? "hosts" : places.nodes == 1 ? "machine" : "nodes";
    throw Refusal(wrong_command_line, fmt::format("-n {} ranks do not fit on {} {} with --ranks-per-node {}",
                                                  request.ranks, places.nodes, what, request.ranks_per_node));
}

// mpirun does not refuse them, but hangs.
void refuse_too_many(int ranks, const Limits& limits) {
    const auto refuse = [&](long needed, const char* what, long limit, const char* mend) {
        if (limit > 0 && needed > limit)
            throw Refusal(
                wrong_command_line,
                fmt::format("{} ranks on this machine need about {} {}, and the limit is {}: start fewer, use "
                            "more machines (--hosts), or raise it ({})",
                            ranks, needed, what, limit, mend));
    };
    refuse(processes_for(ranks), "processes", limits.processes, "ulimit -u, or the container's");
    refuse(files_for(ranks), "open files", limits.files, "ulimit -n");
}

// With more, the engines crash or name another reason.
void refuse_many_words(Engine engine, const RunOptions& options) {
    constexpr std::size_t most_for_hydra = 950;          // it crashes above 990
    constexpr std::size_t longest_for_mpirun = 131'072;  // it passes them in one variable
    std::size_t bytes = options.program.size() + 64;
    for (const auto& word : options.args) bytes += word.size() + 1;
    const char* mend = "put them into a file, or on standard input";
    if (engine == Engine::hydra && options.args.size() > most_for_hydra)
        throw Refusal(wrong_command_line, fmt::format("{} arguments are more than MPICH's hydra passes on ({}): {}",
                                                      options.args.size(), most_for_hydra, mend));
    if (engine == Engine::open_mpi && bytes > longest_for_mpirun)
        throw Refusal(wrong_command_line, fmt::format("{} bytes of arguments are more than Open MPI's mpirun passes on "
                                                      "({}): {}",
                                                      bytes, longest_for_mpirun, mend));
}

std::string absolute(const std::string& path) {
    std::error_code problem;
    const auto found = std::filesystem::absolute(path, problem);
    return problem ? path : found.lexically_normal().string();
}

}  // namespace

Engine choose_engine(const RunOptions& options, const PlanFacts& facts) {
    const auto& linked = facts.linked;
    if (linked.missing)
        throw Refusal(
            wrong_command_line,
            fmt::format("{} is linked with {} ({}), which the loader does not find here: install it, or add its "
                        "directory to LD_LIBRARY_PATH",
                        options.program, name(linked), linked.library));
    if (options.engine != Engine::automatic) return asked_for(options, facts);
    const bool srun = facts.machine.allocation.scheduler == Scheduler::slurm && !facts.srun.empty();
    switch (linked.mpi) {
        case Mpi::open_mpi:
            return for_open_mpi(options, facts, srun);
        case Mpi::mpich:
            return for_mpich(options, facts, srun);
        default:
            if (facts.machine.open_mpi_major > 0) return Engine::open_mpi;
            if (!facts.hydra.empty()) return Engine::hydra;
            if (srun) return Engine::srun;
            throw no_launcher(options, facts);
    }
}

Plan plan(const RunOptions& options, const PlanFacts& facts) {
    Plan made;
    made.engine = choose_engine(options, facts);
    refuse_many_words(made.engine, options);
    auto& request = made.request;
    request.ranks = options.ranks;
    request.ranks_per_node = options.ranks_per_node;
    request.threads = options.threads;
    request.bind = options.bind;
    request.hosts = options.hosts;
    request.wdir = options.wdir;
    // A relative path means the file that the facts are about, wherever the ranks run.
    const bool elsewhere = !options.wdir.empty() || !options.hosts.empty();
    request.program = elsewhere ? absolute(options.program) : options.program;
    request.args = options.args;
    request.environment = options.environment;
    const auto is_set = [&](const char* name) {
        return std::ranges::any_of(request.environment, [&](const auto& entry) { return entry.first == name; });
    };
    if (options.threads > 0 && !is_set("OMP_NUM_THREADS"))
        request.environment.emplace_back("OMP_NUM_THREADS", std::to_string(options.threads));
    made.ranks = detail::launch::ranks(request, facts.machine);
    refuse_what_does_not_fit(request, detail::launch::places(request, facts.machine));
    made.many_nodes = detail::launch::many_nodes(request, facts.machine);
    if (!made.many_nodes) refuse_too_many(made.ranks, facts.limits);
    made.ssh = options.ssh;
    return made;
}

}  // namespace hecaton::launcher

#include <launcher/base/refusal.hpp>
#include <launcher/engines/plan.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <hecaton/launch/batch_job.hpp>
#include <hecaton/launch/job_end.hpp>

#include <launcher/deadline/job_end.hpp>

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

// Each of its copies would wait for the cores that hecaton's own step of the job holds.
void refuse_srun_inside(const RunOptions& options, const PlanFacts& facts) {
    const auto& allocation = facts.machine.allocation;
    if (allocation.scheduler != Scheduler::slurm || std::filesystem::path(options.program).filename() != "srun") return;
    throw Refusal(
        wrong_command_line,
        fmt::format("srun starts ranks too, and those of each rank would wait for the cores that hecaton's ranks "
                    "have (Slurm job {}); leave out either hecaton run or srun",
                    allocation.job));
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

// Engines reach a job's nodes by srun, and say something else where there is none.
void refuse_without_srun(const PlanFacts& facts) {
    const auto& job = facts.machine.allocation;
    if (job.scheduler != Scheduler::slurm || job.only_here || !facts.srun.empty()) return;
    throw Refusal(
        wrong_command_line,
        fmt::format("SLURM_JOB_ID={} says that this is a job of Slurm's, but srun is not in PATH: load Slurm's "
                    "module; if the variable came from elsewhere, unset it: unset SLURM_JOB_ID SLURM_JOBID",
                    job.job));
}

std::string absolute(const std::string& path) {
    std::error_code problem;
    const auto found = std::filesystem::absolute(path, problem);
    return problem ? path : found.lexically_normal().string();
}

// The program reads these.
void add_journal(detail::launch::Request& request, const KeptResults& kept) {
    if (kept.journal.empty()) return;
    auto& environment = request.environment;
    environment.emplace_back("HECATON_JOURNAL", absolute(kept.journal));
    if (kept.accept_program) environment.emplace_back("HECATON_JOURNAL_ACCEPT_PROGRAM", "1");
    if (kept.keep_errors) environment.emplace_back("HECATON_JOURNAL_KEEP_ERRORS", "1");
    if (!kept.run.empty()) environment.emplace_back("HECATON_RUN", kept.run);
    if (kept.power) environment.emplace_back("HECATON_JOURNAL_DURABILITY", "power");
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
    refuse_srun_inside(options, facts);
    made.engine = choose_engine(options, facts);
    refuse_many_words(made.engine, options);
    refuse_without_srun(facts);
    auto& request = made.request;
    request.ranks = options.ranks;
    request.ranks_per_node = options.ranks_per_node;
    request.threads = options.threads;
    request.bind = options.bind;
    const bool in_a_job = facts.machine.allocation.scheduler != Scheduler::none;
    request.hosts = in_a_job ? detail::launch::part_of_job(options.hosts, facts.machine) : options.hosts;
    request.by_agent = in_a_job && !facts.agent.empty();
    if (request.by_agent && request.hosts.empty()) request.hosts = facts.machine.job_nodes;
    request.wdir = options.wdir;
    // A relative path means the file that the facts are about, wherever the ranks run.
    const bool elsewhere = !options.wdir.empty() || !request.hosts.empty();
    request.program = elsewhere ? absolute(options.program) : options.program;
    request.args = options.args;
    request.environment = options.environment;
    add_journal(request, options.kept);
    if (const auto text = deadline_text(options); !text.empty())
        request.environment.emplace_back(detail::launch::deadline_variable, text);
    const auto is_set = [&](const char* name) {
        return std::ranges::any_of(request.environment, [&](const auto& entry) { return entry.first == name; });
    };
    const auto& ours = facts.machine.environment;
    if (options.threads > 0 && !is_set("OMP_NUM_THREADS"))
        request.environment.emplace_back("OMP_NUM_THREADS", std::to_string(options.threads));
    made.many_nodes = detail::launch::many_nodes(request, facts.machine);
    made.over_ssh = request.by_agent ? made.many_nodes : !in_a_job && !options.hosts.empty();
    made.ranks = detail::launch::ranks(request, facts.machine);
    const bool any_number = options.ranks == 0 && options.ranks_per_node == 0 && !made.many_nodes;
    if (options.gpus_per_rank > 0 && any_number && facts.gpus.count() >= options.gpus_per_rank)
        made.ranks = request.ranks = std::min(made.ranks, facts.gpus.count() / options.gpus_per_rank);
    refuse_what_does_not_fit(request, detail::launch::places(request, facts.machine));
    // Where it is not set a rank gets its share of its node's cores. Ranks on other machines do not see that ours is
    // set.
    if (made.many_nodes && !is_set("OMP_NUM_THREADS") && ours.contains("OMP_NUM_THREADS"))
        request.environment.emplace_back("OMP_NUM_THREADS", ours.find("OMP_NUM_THREADS")->second);
    if (!made.many_nodes) refuse_too_many(made.ranks, facts.limits);
    if (!made.many_nodes) refuse_too_few_gpus(made.ranks, options.gpus_per_rank, "this machine", facts.gpus.count());
    made.ssh = request.by_agent ? facts.agent : options.ssh;
    return made;
}

}  // namespace hecaton::launcher

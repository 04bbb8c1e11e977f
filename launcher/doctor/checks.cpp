// The verdicts of hecaton doctor.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include <launcher/doctor/doctor.hpp>
#include <launcher/engines/engine.hpp>

namespace hecaton::launcher {
namespace {

constexpr long long megabyte = 1'000'000;
constexpr std::size_t longest_temporary = 60;

Check check_program(const Patient& patient) {
    if (!patient.program_problem.empty())
        return {"program", Verdict::bad, patient.program_problem, "name a program that can be run, as ./program"};
    const auto& unfit = patient.facts.unfit;
    if (!unfit.what.empty()) return {"program", Verdict::bad, unfit.what, unfit.mend};
    return {"program", Verdict::ok, patient.program};
}

Check check_mpi(const Patient& patient) {
    const auto& linked = patient.facts.linked;
    if (linked.missing)
        return {"MPI", Verdict::bad,
                fmt::format("the program wants {}, which the loader does not find", linked.library),
                "export LD_LIBRARY_PATH=DIRECTORY_OF_IT:$LD_LIBRARY_PATH, or load the module of its MPI"};
    if (linked.mpi == Mpi::unknown) return {"MPI", Verdict::ok, "a script or a static program: its MPI does not show"};
    if (linked.mpi == Mpi::none) return {"MPI", Verdict::ok, "the program uses none"};
    return {"MPI", Verdict::ok, fmt::format("{} ({})", name(linked), linked.library)};
}

// The engine, and with it the way the ranks find each other.
Check check_launcher(const Patient& patient) {
    RunOptions options;
    options.program = patient.program.empty() ? "PROGRAM" : patient.program;
    try {
        const Plan made = plan(options, patient.facts);
        const auto command = native_command(made, patient.facts);
        const char* pmi = made.engine == Engine::open_mpi ? "PMIx"
                          : made.engine == Engine::hydra  ? "PMI"
                                                          : "srun --mpi";
        return {"launcher", Verdict::ok,
                fmt::format("{}, {} ({})", command.argv.front(), engine_name(made, patient.facts), pmi)};
    } catch (const std::exception& problem) {
        return {"launcher", Verdict::bad, problem.what(),
                patient.facts.linked.mpi == Mpi::mpich ? "apt install mpich, or load MPICH's module"
                                                       : "apt install openmpi-bin, or load Open MPI's module"};
    }
}

Check check_allocation(const detail::launch::Allocation& allocation) {
    if (allocation.scheduler == detail::launch::Scheduler::none)
        return {"batch job", Verdict::ok, "none: ranks run on this machine"};
    return {"batch job", Verdict::ok,
            fmt::format("{} job {}: {} slots on {} nodes", detail::launch::name(allocation.scheduler), allocation.job,
                        allocation.slots, allocation.nodes)};
}

Check check_cores(const Patient& patient) {
    const int usable = patient.facts.machine.cores;
    if (usable >= patient.hardware_threads) return {"cores", Verdict::ok, fmt::format("{}", usable)};
    return {"cores", Verdict::warning,
            fmt::format("{} of the machine's {}: the affinity or the group's quota allows no more", usable,
                        patient.hardware_threads),
            "ask for more where this was started: docker run --cpus, srun --cpus-per-task, taskset"};
}

Check check_memory(const Patient& patient) {
    if (patient.memory_limit <= 0) return {"memory", Verdict::ok, "no limit but the machine's"};
    const auto each = patient.memory_limit / std::max(1, patient.facts.machine.cores);
    const std::string text = fmt::format("{} MB for the whole group, {} MB for each rank of one a core",
                                         patient.memory_limit / megabyte, each / megabyte);
    if (each >= 200 * megabyte) return {"memory", Verdict::ok, text};
    return {"memory", Verdict::warning, text,
            "start fewer ranks (-n), or raise the limit: docker run --memory, sbatch --mem"};
}

Check check_shared_memory(const Patient& patient) {
    if (patient.shared_memory < 0)
        return {"/dev/shm", Verdict::bad, "there is none", "mount -t tmpfs -o size=1g tmpfs /dev/shm"};
    const long long wanted = 8 * megabyte * (patient.facts.machine.cores + 1);
    const std::string text = fmt::format("{} MB free", patient.shared_memory / megabyte);
    if (patient.shared_memory >= wanted) return {"/dev/shm", Verdict::ok, text};
    return {"/dev/shm", Verdict::warning,
            fmt::format("{}; {} ranks want {}", text, patient.facts.machine.cores, wanted / megabyte),
            "docker run --shm-size=1g, or: mount -o remount,size=1g /dev/shm; remove what crashed programs left there"};
}

Check check_temporary(const Patient& patient) {
    const auto& folder = patient.temporary;
    if (!patient.temporary_writable)
        return {"TMPDIR", Verdict::bad, fmt::format("{} cannot be written to", folder), "export TMPDIR=/tmp"};
    if (folder.size() > longest_temporary && patient.facts.machine.open_mpi_major < 5)  // 5 has no sockets there
        return {"TMPDIR", Verdict::warning,
                fmt::format("{} has {} characters, too many for the sockets in it; hecaton run uses /tmp then", folder,
                            folder.size()),
                "export TMPDIR=/tmp"};
    return {"TMPDIR", Verdict::ok, folder};
}

Check check_copying(bool allowed) {
    if (allowed) return {"memory copies", Verdict::ok, "ranks may read each other's memory"};
    return {"memory copies", Verdict::warning,
            "ranks may not read each other's memory; hecaton run does without, slower",
            "docker run --cap-add=SYS_PTRACE"};
}

Check check_user(const detail::launch::MachineFacts& machine) {
    if (!machine.root) return {"user", Verdict::ok, "not root"};
    return {"user", Verdict::ok, "root; hecaton run tells Open MPI to allow it"};
}

Check check_networks(const Patient& patient) {
    std::string list;
    for (const auto& network : patient.networks) list += (list.empty() ? "" : ", ") + network;
    if (list.empty()) return {"networks", Verdict::ok, "none: good for one machine only"};
    return {"networks", Verdict::ok, list};
}

}  // namespace

std::vector<Check> check_machine(const Patient& patient) {
    std::vector<Check> checks;
    if (!patient.program.empty()) {
        checks.push_back(check_program(patient));
        if (checks.back().verdict == Verdict::ok) checks.push_back(check_mpi(patient));
    }
    checks.push_back(check_launcher(patient));
    checks.push_back(check_allocation(patient.facts.machine.allocation));
    checks.push_back(check_cores(patient));
    checks.push_back(check_memory(patient));
    checks.push_back(check_shared_memory(patient));
    checks.push_back(check_temporary(patient));
    checks.push_back(check_copying(patient.facts.machine.copy_allowed));
    checks.push_back(check_user(patient.facts.machine));
    checks.push_back(check_networks(patient));
    return checks;
}

std::vector<Check> check_hosts(const std::vector<HostAnswer>& answers, const OwnNetworks& own) {
    std::vector<Check> checks;
    for (const auto& answer : answers) {
        const std::string name = "host " + answer.name;
        if (!answer.problem.empty()) {
            const auto colon = answer.problem.rfind(": ");
            checks.push_back({name, Verdict::bad, answer.problem,
                              colon == std::string::npos ? "ssh " + answer.name : answer.problem.substr(colon + 2)});
        } else if (std::llabs(answer.clock_ahead) > 1'000) {
            checks.push_back(
                {name, Verdict::warning,
                 fmt::format("its clock is {:.1f} s {} ours", static_cast<double>(std::llabs(answer.clock_ahead)) / 1e3,
                             answer.clock_ahead > 0 ? "ahead of" : "behind"),
                 fmt::format("ssh {} timedatectl set-ntp true", answer.name)});
        } else {
            checks.push_back(
                {name, Verdict::ok,
                 fmt::format("{}, {} cores, {} MB free in /dev/shm", answer.here ? "this machine" : "answers",
                             answer.facts.cores, answer.facts.shared_memory / megabyte)});
        }
    }
    if (answers.size() < 2) return checks;
    const auto network = network_between(answers, own).subnet;
    if (network.empty())
        checks.push_back({"network", Verdict::warning,
                          "the hosts have no network in common; Open MPI chooses by itself",
                          "export OMPI_MCA_btl_tcp_if_include=NETWORK OMPI_MCA_oob_tcp_if_include=NETWORK"});
    else
        checks.push_back({"network", Verdict::ok, network + ", common to all hosts"});
    return checks;
}

}  // namespace hecaton::launcher

#include <launcher/run.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/foundation/thread_share.hpp>
#include <hecaton/launch/batch_job.hpp>
#include <hecaton/launch/hwloc_plugins.hpp>

#include <launcher/base/claim.hpp>
#include <launcher/base/print.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/engines/engine.hpp>
#include <launcher/engines/job_slots.hpp>
#include <launcher/hosts/access.hpp>
#include <launcher/root_recording.hpp>
#include <launcher/shim/shim.hpp>
#include <launcher/shim/variables.hpp>
#include <launcher/supervision/output.hpp>
#include <launcher/supervision/supervise.hpp>

namespace hecaton::launcher {
namespace {

using detail::launch::Bind;

// The plan with a shim around each rank.
Plan with_shims(Plan plan, int open_mpi_major) {
    auto& request = plan.request;
    request.args.insert(request.args.begin(), {shim_word, request.program});
    request.program = detail::host::executable();
    request.exported.emplace_back(link::variable);
    for (const auto& [name, text] : request.environment) request.exported.push_back(carried_name(name));
    request.environment.clear();
    // The shim gives a rank its time to end, so Open MPI need not wait (a second, twice) before it kills.
    if (plan.engine == Engine::open_mpi)
        request.options = {open_mpi_major >= 5 ? "--prtemca" : "--mca", "odls_base_sigkill_timeout", "0"};
    return plan;
}

// mpirun would print a page of text instead. The folder of ranks on other machines is not looked for here.
void check_folders(const std::string& wdir, bool many_nodes) {
    namespace fs = std::filesystem;
    std::error_code problem;
    if (fs::current_path(problem).empty())
        throw Refusal(wrong_command_line, "the current folder does not exist any more: cd to one that does");
    if (wdir.empty() || many_nodes) return;
    if (const auto wrong = folder_problem(wdir); !wrong.empty())
        throw Refusal(wrong_command_line, fmt::format("--wdir {}: {}", wdir, wrong));
}

// The problem with the ranks' folder on a host; empty where there is none. Where the user named no folder, and ours is
// not there, Open MPI takes the user's home, and a line only says so.
std::string folder_trouble(const Plan& plan, const HostAnswer& answer, const std::string& folder, bool quiet) {
    if (answer.facts.folder.empty()) return {};
    const auto& wdir = plan.request.wdir;
    if (wdir.empty() && plan.engine == Engine::open_mpi) {
        if (!quiet)
            detail::log::line(
                fmt::format("host {}: {}: {}; its ranks run in the home folder there (--wdir names another)",
                            answer.name, folder, answer.facts.folder));
        return {};
    }
    return fmt::format("{}{}: {}; ranks run in that folder, so make it there, or name another (--wdir)",
                       wdir.empty() ? "" : "--wdir ", folder, answer.facts.folder);
}

// The ranks' LD_LIBRARY_PATH on other machines, as far as this machine sets it; hydra passes its environment on.
std::string library_path(const Plan& plan, const PlanFacts& facts) {
    constexpr const char* variable = "LD_LIBRARY_PATH";
    std::string found;
    if (plan.engine == Engine::hydra) found = detail::launch::value(facts.machine.environment, variable);
    for (const auto& [name, text] : plan.request.environment)
        if (name == variable) found = text;
    return found;
}

// Said of programs that would start one thread for each core in each rank, where nobody has chosen their number.
std::string thread_note(const Plan& plan, const PlanFacts& facts) {
    const auto is_set = [](const auto& entry) { return entry.first == detail::thread_variable; };
    if (!facts.threads || std::ranges::any_of(plan.request.environment, is_set) ||
        facts.machine.environment.contains(detail::thread_variable))
        return {};
    const std::string mend = "--threads, or the variable itself, sets another number";
    if (plan.many_nodes)
        return fmt::format("{} is for each rank its share of its node's cores; {}", detail::thread_variable, mend);
    if (plan.ranks < 2) return {};
    const int cores = facts.machine.cores;
    return fmt::format("{}={} for each of the {} ranks, its share of {} {}; {}", detail::thread_variable,
                       detail::thread_share(cores, plan.ranks, 0), plan.ranks, cores, cores == 1 ? "core" : "cores",
                       mend);
}

// Finds out whether the hosts can be used, and how. Says a line about each host that cannot. `slots` gets those of the
// hosts, in the order in which the engine takes them. After a restart hosts may be gone: `left` gets the others then,
// and nothing else is of use.
HostAccess look_at_hosts(const Plan& plan, const PlanFacts& facts, const RunOptions& options, std::vector<int>& slots,
                         std::vector<detail::launch::Host>& left) {
    namespace fs = std::filesystem;
    const auto& hosts = plan.request.hosts;
    const auto& wdir = plan.request.wdir;
    const std::string self = detail::host::executable();
    const std::string folder = wdir.empty() ? fs::current_path() : fs::absolute(wdir).lexically_normal();
    const auto answers = ask_hosts(hosts, plan.ssh, self,
                                   {.program = plan.request.program,
                                    .daemon = remote_part(plan, facts),
                                    .folder = folder,
                                    .libraries = library_path(plan, facts)});
    std::size_t bad = 0;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const auto& answer = answers[i];
        const std::string problem =
            answer.problem.empty() ? folder_trouble(plan, answer, folder, options.quiet) : answer.problem;
        if (problem.empty()) {
            left.push_back(hosts[i]);
            continue;
        }
        ++bad;
        detail::log::line(fmt::format("host {}: {}", answer.name, problem));
    }
    if (bad == 0) left.clear();
    if (!left.empty() && options.restarted > 0) return {};
    if (bad > 0)
        throw Refusal(wrong_command_line,
                      fmt::format("{} of {} hosts cannot be used; nothing was started", bad, hosts.size()));
    // mpirun puts the first ranks here, where this machine is among the hosts.
    slots.clear();
    std::vector<const HostAnswer*> order;
    for (std::size_t i = 0; i < hosts.size(); ++i) {
        const bool first = answers[i].here && plan.engine == Engine::open_mpi;
        slots.insert(first ? slots.begin() : slots.end(), hosts[i].slots);
        order.insert(first ? order.begin() : order.end(), &answers[i]);
    }
    const auto ranks = ranks_of_nodes(layout(plan, slots));
    for (std::size_t node = 0; node < ranks.size() && options.gpus_per_rank > 0; ++node)
        refuse_too_few_gpus(ranks[node], options.gpus_per_rank, order[node]->name, order[node]->facts.gpus);
    HostAccess access = host_access(answers, hosts, plan.ssh,
                                    {.name = detail::host::name(), .executable = self, .networks = own_networks()});
    if (!order.empty() && !order.front()->here) access.root = order.front()->name;
    return access;
}

// The nodes of a job are alike; this one may be another kind of machine, where it is none of them.
void check_gpus_of_job(const Plan& plan, const RunOptions& options, const PlanFacts& facts,
                       const std::vector<int>& slots) {
    if (options.gpus_per_rank == 0 || !plan.many_nodes) return;
    const auto& machine = facts.machine;
    if (std::ranges::none_of(machine.job_nodes,
                             [&](const auto& node) { return detail::launch::same_machine(node.name, machine.name); }))
        return;
    for (const int ranks : ranks_of_nodes(layout(plan, slots)))
        refuse_too_few_gpus(ranks, options.gpus_per_rank, "a node of the job", facts.gpus.count());
}

std::vector<int> slots_of(const std::vector<detail::launch::Host>& hosts) {
    std::vector<int> slots(hosts.size());
    std::ranges::transform(hosts, slots.begin(), &detail::launch::Host::slots);
    return slots;
}

// The run of a plan, with a shim around each rank.
Supervision supervision_of(const Plan& plan, const RunOptions& options, const PlanFacts& facts) {
    Supervision what{.command = native_command(with_shims(plan, facts.machine.open_mpi_major), facts),
                     .environment = facts.machine.environment,
                     .options = options,
                     .ranks = plan.ranks,
                     .other_machines = plan.many_nodes,
                     .engine = engine_name(plan, facts),
                     .family = plan.engine == Engine::open_mpi ? Mpi::open_mpi
                               : plan.engine == Engine::hydra  ? Mpi::mpich
                                                               : Mpi::none,
                     .program = facts.linked};
    what.binds_to_cores = plan.engine != Engine::srun &&
                          (options.bind == Bind::core || (options.bind == Bind::automatic && options.threads > 1));
    for (const auto& [name, text] : plan.request.environment)
        what.command.environment.emplace_back(carried_name(name), text);
    if (plan.engine == Engine::open_mpi && !plan.many_nodes)
        detail::launch::hide_hwloc_plugins(what.command, facts.machine.environment);
    // They are for this launcher, or of an outer one.
    for (const char* ours : {"HECATON_REPORT", "HECATON_TRACE", "HECATON_RECORDING"}) what.environment.erase(ours);
    // The engine leaves its files where it was told to.
    for (const auto& [name, text] : what.command.environment) what.environment[name] = text;
    return what;
}

}  // namespace

RunEnd run(const RunOptions& asked, const PlanFacts& facts, const std::function<void(const link::Progress&)>& told,
           const Watcher& watcher) {
    JobSlots job;
    const RunOptions options = asked.dry_run ? asked : divide_job(asked, facts, job, claim);
    Plan plan = launcher::plan(options, facts);
    check_folders(options.wdir, plan.many_nodes);
    // Other machines may be of another kind; hosts are asked.
    if (const auto wrong = one_line(facts.unfit); !wrong.empty() && !plan.many_nodes)
        throw Refusal(not_executable, wrong);
    std::vector<std::string> addresses;
    RootRecording recording{.here = options.recording, .ssh = plan.ssh};
    std::vector<int> slots = facts.machine.allocation.tasks;
    if (!plan.request.hosts.empty()) slots = slots_of(plan.request.hosts);
    if (plan.over_ssh) {
        std::vector<detail::launch::Host> left;
        HostAccess access = look_at_hosts(plan, facts, options, slots, left);
        if (!left.empty()) {
            RunOptions on_the_rest = asked;
            on_the_rest.hosts = left;
            return run(on_the_rest, facts, told, watcher);
        }
        plan.request.hosts = std::move(access.hosts);
        plan.ssh = std::move(access.ssh);
        plan.network = std::move(access.network);
        addresses = std::move(access.addresses);
        recording.is_on(access.root);
    } else if (plan.many_nodes) {
        addresses = own_networks().addresses;
    }
    if (!plan.over_ssh) check_gpus_of_job(plan, options, facts, slots);
    // Made before the shims are put around the program, so that refusals name the program.
    const detail::launch::Command native = native_command(plan, facts);
    if (options.dry_run) return {.status = print(detail::launch::shell_quoted(native) + "\n")};
    recording.tell(plan.request.environment);
    Supervision what = supervision_of(plan, options, facts);
    what.addresses = std::move(addresses);
    what.told = told;
    what.watcher = watcher;
    what.layout = layout(plan, std::move(slots));
    const auto variable = [&](const char* name) { return detail::launch::value(facts.machine.environment, name); };
    Output output({.label = options.label,
                   .timestamps = options.timestamps,
                   .dir = options.output_dir,
                   .colour = variable("NO_COLOR").empty() && variable("TERM") != "dumb",
                   .append = options.restarted > 0 || !options.job_folder.empty(),
                   .below = variable("TERM") != "dumb"});
    if (!options.quiet && options.restarted == 0) {
        if (!job.note.empty()) output.say(job.note);
        for (const auto& note : what.command.notes) output.say(note);
        if (!what.command.crowded.empty()) output.say(what.command.crowded);
        if (const auto note = thread_note(plan, facts); !note.empty()) output.say(note);
    }
    RunEnd end = supervise(what, output);
    end.seen.recording_came = recording.fetch();
    return end;
}

}  // namespace hecaton::launcher

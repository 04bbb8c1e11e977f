#include <fmt/format.h>

#include <algorithm>

#include <launcher/engines/engine.hpp>

namespace hecaton::launcher {
namespace {

// mpirun's session directory lies in it and has sockets, and the path of a socket has at most 107 characters.
constexpr std::size_t longest_temporary_directory = 60;

constexpr std::size_t usual_sessions = 128;  // of ssh at the same time, as mpirun has it

bool user_set(const PlanFacts& facts, const std::string& parameter) {
    return facts.machine.environment.contains("OMPI_MCA_" + parameter);
}

// On the command line, because other nodes must know it too.
void set_everywhere(detail::launch::Command& command, const PlanFacts& facts, const std::string& parameter,
                    const std::string& text) {
    if (!user_set(facts, parameter)) command.argv.insert(command.argv.begin() + 1, {"--mca", parameter, text});
}

// The same for mpirun and its daemons on the hosts. With Open MPI 5 they are PRRTE, with parameters of its own.
void set_for_daemons(detail::launch::Command& command, const PlanFacts& facts, const std::string& parameter,
                     const std::string& text) {
    if (facts.machine.open_mpi_major < 5) return set_everywhere(command, facts, parameter, text);
    if (!facts.machine.environment.contains("PRTE_MCA_" + parameter))
        command.argv.insert(command.argv.begin() + 1, {"--prtemca", parameter, text});
}

// Names the network to use. Open MPI accepts no IPv6 network here, so it is told which networks not to try instead.
void add_network(detail::launch::Command& command, const Network& network, const PlanFacts& facts) {
    const bool newer = facts.machine.open_mpi_major >= 5;
    if (!network.ipv6) {
        if (network.subnet.empty()) return;
        set_for_daemons(command, facts, newer ? "prte_if_include" : "oob_tcp_if_include", network.subnet);
        set_everywhere(command, facts, "btl_tcp_if_include", network.subnet);
        // Of the interface that it finds there, Open MPI 5 would take an IPv6 address, which another host may lack.
        if (newer) set_everywhere(command, facts, "btl_tcp_disable_family", "6");
        return;
    }
    const auto dead_ends = fmt::format("{}", fmt::join(network.dead_ends, ","));
    const bool daemons_told = newer ? facts.machine.environment.contains("PRTE_MCA_prte_if_include")
                                    : user_set(facts, "oob_tcp_if_include");  // it allows one of the two only
    set_everywhere(command, facts, "btl_tcp_disable_family", "4");
    set_for_daemons(command, facts, "oob_tcp_disable_ipv4_family", "1");
    if (dead_ends.empty()) return;
    if (!user_set(facts, "btl_tcp_if_include")) set_everywhere(command, facts, "btl_tcp_if_exclude", dead_ends);
    if (!daemons_told) set_for_daemons(command, facts, newer ? "prte_if_exclude" : "oob_tcp_if_exclude", dead_ends);
}

// Otherwise a daemon leaves its ssh at once. Then mpirun waits for ever for one that cannot start, and nobody hears why
// it could not. srun's words are not heard either.
void stay_attached(detail::launch::Command& command, const PlanFacts& facts) {
    const bool newer = facts.machine.open_mpi_major >= 5;
    set_for_daemons(command, facts, newer ? "prte_leave_session_attached" : "orte_leave_session_attached", "1");
}

// Over ssh: how to reach the hosts, over which network, and when a silent host is given up.
void add_ssh(detail::launch::Command& command, const Plan& plan, const PlanFacts& facts) {
    const bool newer = facts.machine.open_mpi_major >= 5;
    const std::string plm = newer ? "ssh" : "rsh";
    std::string agent;
    for (const auto& word : plan.ssh) agent += (agent.empty() ? "" : " ") + word;
    set_for_daemons(command, facts, "plm", plm);
    set_for_daemons(command, facts, "plm_" + plm + "_agent", agent);
    set_for_daemons(command, facts, "plm_" + plm + "_no_tree_spawn", "1");  // hosts need no way to each other by ssh
    stay_attached(command, facts);
    const auto sessions = std::max<std::size_t>(plan.request.hosts.size(), usual_sessions);
    set_for_daemons(command, facts, "plm_" + plm + "_num_concurrent", std::to_string(sessions));  // or mpirun refuses
    if (!plan.request.by_agent) {  // a cluster may have a faster network than TCP's
        set_everywhere(command, facts, "pml", "ob1");
        set_everywhere(command, facts, "btl", newer ? "self,sm,tcp" : "self,vader,tcp");
        add_network(command, plan.network, facts);
    }
    set_for_daemons(command, facts, "oob_tcp_keepalive_time", "5");
    set_for_daemons(command, facts, "oob_tcp_keepalive_intvl", "2");
    set_for_daemons(command, facts, "oob_tcp_keepalive_probes", "3");
}

}  // namespace

detail::launch::Command open_mpi_command(const Plan& plan, const PlanFacts& facts) {
    detail::launch::Command command = detail::launch::command(plan.request, facts.machine);
    if (plan.over_ssh) add_ssh(command, plan, facts);
    if (facts.machine.allocation.scheduler == detail::launch::Scheduler::slurm) stay_attached(command, facts);
    const auto temporary = detail::launch::value(facts.machine.environment, "TMPDIR");
    if (!facts.temporary_usable) {
        command.environment.emplace_back("TMPDIR", "/tmp");
        command.notes.push_back(
            fmt::format("TMPDIR={} is no folder that can be written to: Open MPI and the ranks get /tmp", temporary));
        return command;
    }
    if (temporary.size() > longest_temporary_directory && facts.machine.open_mpi_major < 5 &&
        !user_set(facts, "orte_tmpdir_base")) {
        command.environment.emplace_back("OMPI_MCA_orte_tmpdir_base", "/tmp");
        command.notes.push_back(fmt::format(
            "TMPDIR is {} characters long, too long for Open MPI's sockets: it gets /tmp", temporary.size()));
    }
    return command;
}

}  // namespace hecaton::launcher

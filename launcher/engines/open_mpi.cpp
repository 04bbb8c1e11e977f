#include <fmt/format.h>

#include <launcher/engines/engine.hpp>

namespace hecaton::launcher {
namespace {

// mpirun's session directory lies in it and has sockets, and the path of a socket has at most 107 characters.
constexpr std::size_t longest_temporary_directory = 60;

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

// Over ssh: how to reach the hosts, over which network, and when a silent host is given up.
void add_ssh(detail::launch::Command& command, const Plan& plan, const PlanFacts& facts) {
    const bool newer = facts.machine.open_mpi_major >= 5;
    const std::string plm = newer ? "ssh" : "rsh";
    std::string agent;
    for (const auto& word : plan.ssh) agent += (agent.empty() ? "" : " ") + word;
    set_for_daemons(command, facts, "plm", plm);
    set_for_daemons(command, facts, "plm_" + plm + "_agent", agent);
    set_for_daemons(command, facts, "plm_" + plm + "_no_tree_spawn", "1");  // hosts need no way to each other by ssh
    set_everywhere(command, facts, "pml", "ob1");
    set_everywhere(command, facts, "btl", newer ? "self,sm,tcp" : "self,vader,tcp");
    // Without it, Open MPI remarks that ranks of one host do not reach each other by TCP, which they need not. A
    // variable, because --mca would set the daemons' parameter of the same name.
    if (newer && !user_set(facts, "reachable")) command.environment.emplace_back("OMPI_MCA_reachable", "weighted");
    add_network(command, plan.network, facts);
    set_for_daemons(command, facts, "oob_tcp_keepalive_time", "5");
    set_for_daemons(command, facts, "oob_tcp_keepalive_intvl", "2");
    set_for_daemons(command, facts, "oob_tcp_keepalive_probes", "3");
}

}  // namespace

detail::launch::Command open_mpi_command(const Plan& plan, const PlanFacts& facts) {
    detail::launch::Command command = detail::launch::command(plan.request, facts.machine);
    if (!plan.request.hosts.empty()) add_ssh(command, plan, facts);
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

#include <fmt/format.h>

#include "engine.hpp"

namespace hecaton::launcher {
namespace {

// Where the session directory goes. Sockets lie in it, and a path to a socket holds 107 characters.
constexpr std::size_t longest_temporary_directory = 60;

bool user_set(const Facts& facts, const std::string& parameter) {
    return facts.machine.environment.contains("OMPI_MCA_" + parameter);
}

void set(launch::Command& command, const Facts& facts, bool many_nodes, const std::string& parameter,
         const std::string& text) {
    if (user_set(facts, parameter)) return;
    // In the environment for what is the same everywhere, on the command line where other nodes have to know it.
    if (many_nodes)
        command.argv.insert(command.argv.begin() + 1, {"--mca", parameter, text});
    else
        command.environment.emplace_back("OMPI_MCA_" + parameter, text);
}

// Which network to use. Open MPI cannot be told one of IPv6; it is told what not to try instead.
void add_network(launch::Command& command, const Network& network, const Facts& facts, const std::string& framework) {
    const std::string include = framework + "_tcp_if_include";
    const std::string exclude = framework + "_tcp_if_exclude";
    if (!network.ipv6) {
        if (!network.subnet.empty()) set(command, facts, true, include, network.subnet);
        return;
    }
    const bool oob = framework == "oob";
    set(command, facts, true, oob ? "oob_tcp_disable_ipv4_family" : "btl_tcp_disable_family", oob ? "1" : "4");
    if (user_set(facts, include) || network.dead_ends.empty()) return;  // it takes one of them only
    set(command, facts, true, exclude, fmt::format("{}", fmt::join(network.dead_ends, ",")));
}

// Over ssh: how to get there, by which network, and when a host that went silent is given up.
void add_ssh(launch::Command& command, const Plan& plan, const Facts& facts) {
    std::string agent;
    for (const auto& word : plan.ssh) agent += (agent.empty() ? "" : " ") + word;
    set(command, facts, true, "plm", "rsh");
    set(command, facts, true, "plm_rsh_agent", agent);
    set(command, facts, true, "plm_rsh_no_tree_spawn", "1");  // the hosts need no way to each other by ssh
    set(command, facts, true, "pml", "ob1");
    set(command, facts, true, "btl", facts.machine.open_mpi_major >= 5 ? "self,sm,tcp" : "self,vader,tcp");
    add_network(command, plan.network, facts, "btl");
    if (facts.machine.open_mpi_major >= 5) return;
    add_network(command, plan.network, facts, "oob");
    set(command, facts, true, "oob_tcp_keepalive_time", "5");
    set(command, facts, true, "oob_tcp_keepalive_intvl", "2");
    set(command, facts, true, "oob_tcp_keepalive_probes", "3");
}

}  // namespace

launch::Command open_mpi_command(const Plan& plan, const Facts& facts) {
    launch::Command command = launch::command(plan.request, facts.machine);
    for (const auto& entry : plan.environment) command.environment.push_back(entry);
    if (!plan.request.hosts.empty()) add_ssh(command, plan, facts);
    const auto temporary = launch::value(facts.machine.environment, "TMPDIR");
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

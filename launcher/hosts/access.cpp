#include <launcher/hosts/access.hpp>

#include <algorithm>

#include <launcher/hosts/ipv6_ssh.hpp>

namespace hecaton::launcher {
namespace {

void add_new(std::vector<std::string>& list, const std::string& one) {
    if (std::ranges::count(list, one) == 0) list.push_back(one);
}

}  // namespace

Network network_between(const std::vector<HostAnswer>& answers, const OwnNetworks& own) {
    Network found{.dead_ends = own.dead_ends};
    std::vector<std::string> candidates;
    for (const auto& answer : answers) {
        if (answer.here) continue;
        for (const auto& way : answer.ways) candidates.push_back(way.network);
        found.ipv6 |= !answer.ways.empty() && is_ipv6(answer.ways.front().target);
        for (const auto& interface : answer.facts.dead_ends) add_new(found.dead_ends, interface);
    }
    candidates.insert(candidates.end(), own.networks.begin(), own.networks.end());
    const auto shared = std::ranges::find_if(candidates, [&](const std::string& network) {
        return !network.empty() && is_ipv6(network) == found.ipv6 &&
               std::ranges::all_of(answers, [&](const HostAnswer& answer) {
                   return answer.here || std::ranges::count(answer.facts.networks, network) > 0;
               });
    });
    if (shared != candidates.end()) found.subnet = *shared;
    return found;
}

HostAccess host_access(const std::vector<HostAnswer>& answers, std::vector<detail::launch::Host> hosts,
                       const std::vector<std::string>& ssh, const OwnMachine& own) {
    HostAccess access{.ssh = ssh_with_timeout(ssh), .network = network_between(answers, own.networks)};
    for (const auto& answer : answers)
        if (!answer.here)
            for (const auto& way : answer.ways) add_new(access.addresses, way.address);
    for (const auto& address : own.networks.addresses) add_new(access.addresses, address);
    // Engines cannot take IPv6 addresses for names.
    const bool by_address = std::ranges::any_of(hosts, is_ipv6, &detail::launch::Host::name);
    if (by_address) access.ssh = ssh_by_address(own.executable, access.ssh);
    for (std::size_t i = 0; i < hosts.size(); ++i)
        if (is_ipv6(hosts[i].name)) hosts[i].name = answers[i].here ? own.name : name_without_colons(hosts[i].name);
    access.hosts = std::move(hosts);
    return access;
}

}  // namespace hecaton::launcher

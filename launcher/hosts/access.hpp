// How this machine and the hosts reach each other, from the hosts' answers. Pure.
#pragma once

#include <string>
#include <vector>

#include <launcher/hosts/hosts.hpp>

namespace hecaton::launcher {

/// What a plan needs of the hosts that were asked.
struct HostAccess {
    std::vector<detail::launch::Host> hosts = {};  ///< with names that engines take
    std::vector<std::string> ssh = {};             ///< the command that reaches hosts by these names, in words
    Network network = {};
    std::vector<std::string> addresses = {};  ///< of this machine, in the order in which hosts should try them
    std::string root = {};                    ///< the host of rank 0, as the user calls it; empty: it is this machine
};

/// This machine.
struct OwnMachine {
    std::string name;
    std::string executable;  ///< of hecaton
    OwnNetworks networks;
};

/// The network that all hosts and this machine share: first those on the way to a host, by IPv4 where that leads to
/// all.
Network network_between(const std::vector<HostAnswer>& answers, const OwnNetworks& own);

/// `answers` are those of `hosts`, in their order; `ssh` is the user's.
HostAccess host_access(const std::vector<HostAnswer>& answers, std::vector<detail::launch::Host> hosts,
                       const std::vector<std::string>& ssh, const OwnMachine& own);

}  // namespace hecaton::launcher

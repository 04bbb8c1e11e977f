// Addresses and networks of this machine, IPv4 and IPv6, as text: "10.0.0.7" in "10.0.0.0/24", "fd00::7" in
// "fd00::/64".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hecaton::launcher {

/// The network between several machines.
struct Network {
    std::string subnet = {};                  ///< "10.0.0.0/24", in which all of them are; empty: there is none
    bool ipv6 = false;                        ///< some are reached by IPv6 alone
    std::vector<std::string> dead_ends = {};  ///< interfaces of any of them that lead nowhere else: "lo", "docker0"
};

/// A way of packets to another machine.
struct Way {
    std::string address;  ///< this machine's, on that way
    std::string network;  ///< that it is in; empty where no interface has the address
    std::string target;   ///< the other machine's
};

/// The ways to `host`, a name or an address. Those over IPv4 come first, because Open MPI is used to them.
/// None where there is no such host, or no way.
std::vector<Way> ways_to(const std::string& host);

/// This machine's part in networks. IPv4 comes first; IPv6 addresses that hold on one link only are left out.
struct OwnNetworks {
    std::vector<std::string> networks = {};   ///< of the interfaces that lead to other machines
    std::vector<std::string> addresses = {};  ///< of those interfaces
    std::vector<std::string> dead_ends = {};  ///< the other interfaces: "lo", "docker0", "virbr0"
};

OwnNetworks own_networks();

/// True for an address or a network of IPv6.
bool is_ipv6(std::string_view text);

}  // namespace hecaton::launcher

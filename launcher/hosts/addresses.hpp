// Addresses and networks of this machine, IPv4 and IPv6, as text: "10.0.0.7" in "10.0.0.0/24", "fd00::7" in
// "fd00::/64".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hecaton::launcher {

/// What is between several machines.
struct Network {
    std::string subnet = {};                  ///< that all are in: "10.0.0.0/24"; empty: there is none
    bool ipv6 = false;                        ///< some are reached by IPv6 alone
    std::vector<std::string> dead_ends = {};  ///< interfaces of any of them that lead nowhere else: "lo", "docker0"
};

/// How packets get to another machine.
struct Way {
    std::string address;  ///< this machine's, on that way
    std::string network;  ///< that it is in; empty where no interface has the address
    std::string target;   ///< the other machine's
};

/// The ways to `host`, a name or an address; those over IPv4 come first, for they are what Open MPI is used to. None
/// where there is no such host or no way.
std::vector<Way> ways_to(const std::string& host);

/// The networks of this machine's interfaces, IPv4 first, without the ones that lead nowhere else: loopback, those of
/// containers and virtual machines (docker0, virbr0, ...), and IPv6's that hold on one link only.
std::vector<std::string> own_networks();

/// This machine's addresses in those.
std::vector<std::string> own_addresses();

/// The names of the interfaces that are left out there: "lo", "docker0".
std::vector<std::string> dead_ends();

/// True when an address or a network is one of IPv6.
bool is_ipv6(std::string_view text);

}  // namespace hecaton::launcher

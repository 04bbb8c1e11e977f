// The machines of --hosts: asked before the start, all at the same time.
#pragma once

#include <hecaton/launch/command.hpp>
#include <string>
#include <vector>

#include <launcher/hosts/addresses.hpp>
#include <launcher/hosts/host_facts.hpp>

namespace hecaton::launcher {

/// One machine's answer.
struct HostAnswer {
    std::string name;            ///< as the user calls it
    bool here = false;           ///< it is this machine
    std::vector<Way> ways = {};  ///< from this machine to it
    std::string problem = {};    ///< why it cannot be used, and what mends that; empty where it can
    HostFacts facts = {};
    long long clock_ahead = 0;  ///< of our clock, milliseconds; 0 where it is less than the way there takes
};

/// Starts `self` on each host with the command `ssh`, and waits for ten seconds at most. The program must be the same
/// there as here. The answers are in the order of the hosts.
std::vector<HostAnswer> ask_hosts(const std::vector<detail::launch::Host>& hosts, const std::vector<std::string>& ssh,
                                  const std::string& self, const HostNeeds& needs);

/// `ssh` with the options that keep it from asking for passwords and from waiting long, where it is OpenSSH's.
std::vector<std::string> ssh_with_timeout(std::vector<std::string> ssh);

}  // namespace hecaton::launcher

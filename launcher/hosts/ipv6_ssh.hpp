// Hosts that are IPv6 addresses. Engines take the colon in an address for the end of a name, so they get another name
// for it. To reach the host they start hecaton, which puts the address back and becomes ssh.
#pragma once

#include <string>
#include <vector>

namespace hecaton::launcher {

/// The word after the launcher's own name that asks for it; then come ssh's words, and what the engine adds to them.
inline constexpr const char* ssh_word = "__ssh";

/// "fd00::7" as "ipv6-fd00--7"; any other name as it is.
std::string name_without_colons(const std::string& host);

/// The command that reaches such hosts too, made from `ssh`.
std::vector<std::string> ssh_by_address(const std::string& self, const std::vector<std::string>& ssh);

/// Becomes `argv` (ends with a null pointer) with such names turned back into addresses. Returns an exit status only
/// where it cannot.
int run_ssh(char** argv);

}  // namespace hecaton::launcher

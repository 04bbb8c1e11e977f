// Agent: a batch system's own way to a node of its job, in place of ssh, for a mpirun that does not know it.
//
// Engines start it as they start ssh: AGENT HOST COMMAND..., and a shell on the host reads the command. Whether the
// batch system's command has a shell in between is its own affair, so the command travels as digits.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hecaton::launcher {

/// The first arguments of the processes that do it: here, and on the host.
inline constexpr const char* agent_word = "__agent";
inline constexpr const char* shell_word = "__shell";

/// The agent for LSF, by blaunch. `self` is the path of hecaton, here and on the hosts.
std::vector<std::string> lsf_agent(const std::string& self);
/// The agent for Flux, by flux exec; `names` are the hosts in the order of their brokers' ranks.
std::vector<std::string> flux_agent(const std::string& self, const std::vector<std::string>& names);
/// What people call that way: "blaunch", "flux exec"; "ssh" for words that are none of these agents.
std::string name_of_agent(const std::vector<std::string>& words);

/// The command that reaches the host, from the words after agent_word: those of the agent, options of ssh's, the host,
/// and the command. Empty where that is no use of an agent. Pure.
std::vector<std::string> agent_command(const std::string& self, const std::vector<std::string>& words);
/// The text of a shell's command from its digits; empty for what is none.
std::string text_of_digits(std::string_view digits);

/// Become that command, or the shell; `argv` is what follows the word. They return only where that fails.
/// @{
int run_agent(char** argv);
int run_shell(char** argv);
/// @}

}  // namespace hecaton::launcher

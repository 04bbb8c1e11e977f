// Lists of commands and options for bash's completion and for the man page.
#pragma once

#include <string>
#include <vector>

#include <launcher/cli/option.hpp>

namespace hecaton::launcher {

/// The words after the launcher's own name that ask for the lists. After the first may come a command, or "help".
inline constexpr const char* completion_word = "__completion";
inline constexpr const char* manual_word = "__manual";

/// For a command, a line for each option: its names, a tab, what its text is, a tab, and the words to choose from. What
/// its text is: flag (it has none), wordlist, any, or an action of compgen. Otherwise the words that may come first
/// (command is empty), or after "help".
std::string completion_list(const std::vector<CommandTable>& tables, const std::string& command, bool actions = false);

/// The sections of the man page about options, for troff.
std::string manual_sections(const std::vector<CommandTable>& tables);

}  // namespace hecaton::launcher

// Parses words by a command's table, with CLI11.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include <launcher/cli/option.hpp>

namespace hecaton::launcher {

/// A usage line of our own and a footer for the help of `app`.
void set_help(CLI::App& app, const std::string& usage, const std::string& footer);

/// What CLI11 finds wrong, in our words. `see` is the command that gives help.
Refusal translate_cli_error(const CLI::App& app, const CLI::ParseError& error, const std::string& see);

/// Stores what `words`, those after the command's name, and the variables of options that are not among them say.
/// Returns the help where that is asked for, else nothing. Throws Refusal with status 2.
std::string parse_command(const CommandTable& table, std::vector<std::string> words,
                          const detail::launch::Variables& environment);

}  // namespace hecaton::launcher

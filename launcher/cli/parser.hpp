// What the commands' parsers share, around CLI11.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include <launcher/base/refusal.hpp>
#include <launcher/cli/cli.hpp>

namespace hecaton::launcher {

/// An empty parser with our way of help: `usage` without "Usage: ", `footer` with the examples.
void dress(CLI::App& app, const std::string& usage, const std::string& footer);

/// Parses; the result is help or version text to print, or else empty. `see` is the command that gives help.
std::string parse_options(CLI::App& app, std::vector<std::string> words, const char* see);

/// Where the program's name stands in `words`, after options of `command`; their number where it is missing. "--" may
/// stand before it.
std::size_t program_at(const CLI::App& command, const std::vector<std::string>& words);

/// `words`, with -n for the -np of mpirun and mpiexec. Refuses their long options with one dash, which CLI11 would take
/// for several short ones (-hosts for -h).
std::vector<std::string> in_our_words(const CLI::App& command, std::vector<std::string> words, const char* see);

/// True when an option of this name is among `words`; one that is not may come from its variable.
bool on_line(const CLI::App& app, const std::vector<std::string>& words, const char* name);

/// Calls `take`, which judges the option's value. What is wrong with a value that came from a variable is said with the
/// variable's name.
void blaming_variables(const CLI::App& app, const std::vector<std::string>& words, const char* name,
                       const std::function<void()>& take);

/// The hosts of --hosts or of --hostfile; what is on the line goes before variables. Throws Refusal where both are.
std::vector<detail::launch::Host> hosts_given(const CLI::App& app, const std::vector<std::string>& words,
                                              const std::string& hosts, const std::string& hostfile);

/// The words after "run", and after "doctor".
CommandLine parse_run(const std::vector<std::string>& words, const detail::launch::Variables& environment);
CommandLine parse_doctor(const std::vector<std::string>& words);

}  // namespace hecaton::launcher

// What the commands' parsers share, around CLI11.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli.hpp"

namespace hecaton::launcher {

/// An empty parser with our way of help: `usage` without "Usage: ", `footer` with the examples.
void dress(CLI::App& app, const std::string& usage, const std::string& footer);

/// Parses; the result is help or version text to print, or else empty. `see` is the command that gives help.
std::string parse_options(CLI::App& app, std::vector<std::string> words, const char* see);

/// Where the program's name stands in `words`, after options of `command`; their number where it is missing. "--" may
/// stand before it.
std::size_t program_at(const CLI::App& command, const std::vector<std::string>& words);

/// The words after "run", and after "doctor".
CommandLine parse_run(const std::vector<std::string>& words, const launch::Variables& environment);
CommandLine parse_doctor(const std::vector<std::string>& words);

}  // namespace hecaton::launcher

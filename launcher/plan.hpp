// From what is wanted to what is to be started: finds the program.
#pragma once

#include <string>
#include <string_view>

#include "cli.hpp"

namespace hecaton::launcher {

/// What is to be started, by whatever engine.
struct Plan {
    int ranks = 0;             ///< 0: the engine's choice
    std::string program = {};  ///< a path to a file that can be executed
    std::vector<std::string> args = {};
};

/// The file that a shell would execute for `name`: a path where it has a slash, else the first in `path`, which has the
/// form of PATH. Throws Refusal with status 127 where there is none, 126 where it cannot be executed.
std::string find_program(const std::string& name, std::string_view path);

/// Throws as find_program does.
Plan plan(const RunOptions& options, std::string_view path);

}  // namespace hecaton::launcher

// Finds the program that is to be started.
#pragma once

#include <string>
#include <string_view>

namespace hecaton::launcher {

/// The file that a shell would execute for `name`, and would not look for in `wdir`: a path where it has a slash, else
/// the first in `path`, which has the form of PATH. Throws Refusal with status 127 where there is none, 126 where it
/// cannot be executed.
std::string find_program(const std::string& name, std::string_view path, const std::string& wdir = {});

}  // namespace hecaton::launcher

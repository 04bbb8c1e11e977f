// Finds the command `hecaton`, through which self-launch goes where it is there.
#pragma once

#include <hecaton/launch/environment.hpp>
#include <string>

namespace hecaton::detail::launch {

/// The variable that names the file; "none" stands for no file at all.
inline constexpr const char* launcher_variable = "HECATON_LAUNCHER";

/// The launcher's file has this text in it, and its version behind it.
inline constexpr const char* launcher_mark = "the command hecaton, version ";

/// True when `file` is a launcher of this library's version. Nothing is executed for that.
bool is_our_launcher(const std::string& file);

/// The file of a launcher of this library's version: the one that HECATON_LAUNCHER names, else the one that was
/// installed or built with this library, else the first `hecaton` in PATH. Empty where none of these is one. Throws
/// Refusal where HECATON_LAUNCHER names something else.
std::string find_launcher(const Variables& environment);

}  // namespace hecaton::detail::launch

// The command that shows where a run has failed: the same run, with each rank in a debugger. It looks at the
// program's file and at PATH.
#pragma once

#include <string>

#include <launcher/base/options.hpp>

namespace hecaton::launcher {

/// A line for a shell with that environment; `ranks` is the number of ranks that ran. Empty where a debugger could not
/// run the program: it is a script, or a debugger itself.
std::string closer_look(const RunOptions& run, int ranks, const detail::launch::Variables& environment);

}  // namespace hecaton::launcher

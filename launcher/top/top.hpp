// hecaton top: how a run goes, in a terminal.
#pragma once

#include <string>

namespace hecaton::launcher {

/// Shows the run of that process or batch job, and anew each second; empty: the only run on this machine, or a list of
/// them. Where standard output is no terminal, once. Returns the exit status. Throws Refusal where there is none.
int show_top(const std::string& job);

}  // namespace hecaton::launcher

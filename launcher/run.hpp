// hecaton run, once its options are known: plan, hosts, engine, supervision.
#pragma once

#include <launcher/base/options.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/engines/facts.hpp>

namespace hecaton::launcher {

/// Starts ranks of options.program, a path to a file that can be executed, and returns the exit status of the run. The
/// facts are of that program. --dry-run prints the command instead. Throws Refusal where it cannot be.
int run(const RunOptions& options, const PlanFacts& facts);

}  // namespace hecaton::launcher

// hecaton run, once its options are known: plan, hosts, engine, supervision.
#pragma once

#include <functional>

#include <launcher/base/options.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/base/run_end.hpp>
#include <launcher/engines/facts.hpp>
#include <launcher/link/messages.hpp>
#include <launcher/live/live.hpp>

namespace hecaton::launcher {

/// Starts ranks of options.program, a path to a file that can be executed, and returns how it went. The
/// facts are of that program; `told` gets the progress of rank 0 now and then, unless it is empty; `watcher` may want
/// more. --dry-run prints the command instead. Throws Refusal where it cannot be.
RunEnd run(const RunOptions& options, const PlanFacts& facts,
           const std::function<void(const link::Progress&)>& told = {}, const Watcher& watcher = {});

}  // namespace hecaton::launcher

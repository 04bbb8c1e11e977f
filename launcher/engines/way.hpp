// The way to the nodes of a job whose batch system mpirun may not know: LSF and Flux.
#pragma once

#include <hecaton/launch/command.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace hecaton::launcher {

/// Words that engines use like ssh; empty: they need none, or there is no way. Completes the job's nodes in `machine`.
std::vector<std::string> way_to_nodes(detail::launch::MachineFacts& machine);

/// The nodes of a Flux instance in the order of their brokers' ranks, with a slot for each core, from what `flux
/// resource R` prints. Empty for what is none. Pure.
std::vector<detail::launch::Host> flux_nodes(std::string_view resources);

}  // namespace hecaton::launcher

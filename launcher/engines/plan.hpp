// From what is wanted and what is there to what is to be started, and by whom. Pure.
#pragma once

#include <launcher/base/options.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/engines/facts.hpp>
#include <launcher/hosts/addresses.hpp>

namespace hecaton::launcher {

/// What is to be started. The request holds the program itself, without the shim around it.
struct Plan {
    Engine engine = Engine::open_mpi;      ///< never automatic
    detail::launch::Request request = {};  ///< ranks, places, program
    int ranks = 0;                         ///< the size that the world must have; 0 where it is not known beforehand
    bool many_nodes = false;
    std::vector<std::string> ssh = {"ssh"};
    Network network = {};  ///< between the hosts
};

/// The engine that fits the program's MPI, the launchers that are there and the allocation. Throws Refusal, which names
/// both sides, where none does.
Engine choose_engine(const RunOptions& options, const PlanFacts& facts);

/// The whole plan. Throws Refusal.
Plan plan(const RunOptions& options, const PlanFacts& facts);

}  // namespace hecaton::launcher

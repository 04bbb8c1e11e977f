// Makes the plan from options and facts: the engine, and the ranks that it is to start. Pure.
#pragma once

#include <launcher/base/options.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/engines/facts.hpp>
#include <launcher/hosts/addresses.hpp>

namespace hecaton::launcher {

/// The plan of a run. The request holds the program itself, without the shim around it.
struct Plan {
    Engine engine = Engine::open_mpi;      ///< never automatic
    detail::launch::Request request = {};  ///< ranks, places, program
    int ranks = 0;                         ///< the size that the world must have; 0: not known beforehand
    bool many_nodes = false;
    bool over_ssh =
        false;  ///< by `ssh`: the hosts are no nodes of a batch job, or of one that the engine does not know
    std::vector<std::string> ssh = {"ssh"};
    Network network = {};  ///< between the hosts
};

/// The engine that fits the program's MPI, the launchers that are there and the allocation. Throws Refusal, which names
/// both sides, where none does.
Engine choose_engine(const RunOptions& options, const PlanFacts& facts);

/// The whole plan. Throws Refusal.
Plan plan(const RunOptions& options, const PlanFacts& facts);

}  // namespace hecaton::launcher

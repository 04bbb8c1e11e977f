// What the ranks of a pool must agree on, and what they tell each other when it opens.
#pragma once

#include <cstdint>
#include <hecaton/pool/options.hpp>
#include <hecaton/transport/communicator.hpp>
#include <hecaton/transport/node_bells.hpp>
#include <memory>
#include <string>
#include <vector>

namespace hecaton::detail {

struct Ranks {
    std::vector<std::string> hosts;  ///< by rank
    /// By rank: which node it is on, counted from 0. Ranks of a node can open each other's memory files, and take in
    /// messages while a task runs; a rank that cannot is on no node, -1.
    std::vector<int> nodes;
    std::shared_ptr<NodeBells> bells;  ///< on the ranks of the root's node, where they can share memory
    std::uint64_t number = 0;          ///< of this pool, the same on all ranks, different from the root's other pools'
};

/// Collective. Throws the same UsageError on every rank when the options cannot be, or differ, or when the ranks run
/// different programs or have loaded different libraries.
Ranks agree(MPI_Comm communicator, const PoolOptions& options);

}  // namespace hecaton::detail

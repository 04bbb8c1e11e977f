// SharedValues: the root's part in shared values: which rank gets the bytes, and which opens the file of a neighbour.
#pragma once

#include <cstdint>
#include <hecaton/pool/root/worker_lines.hpp>
#include <hecaton/pool/shared/block.hpp>
#include <memory>
#include <unordered_map>
#include <vector>

namespace hecaton::detail {

/// Belongs to the thread that drives.
class SharedValues {
  public:
    /// `nodes` is what Ranks::nodes is; empty: every rank gets its own copy. `root` is the root's rank.
    SharedValues(WorkerLines& lines, const std::vector<int>& nodes, int root);

    /// Makes a value known to every other rank: each node gets its bytes once where that is possible.
    void send(std::uint64_t id, const SharedBlock& block);
    void drop(std::uint64_t id);
    /// What a worker answers to a value: that it keeps it for its node, or that it wants the bytes.
    void take(int worker, const wire::SharedAnswer& answer);

  private:
    void put(int worker, std::uint64_t id, const SharedBlock& block, bool for_node = false);
    int node(int worker) const noexcept { return nodes_[static_cast<std::size_t>(worker)]; }
    const std::vector<int>& peers(int worker) const noexcept { return peers_[static_cast<std::size_t>(node(worker))]; }

    WorkerLines& lines_;
    int root_node_ = -1;
    std::vector<int> nodes_;               // by worker; -1: gets its own copy
    std::vector<std::vector<int>> peers_;  // by node: its workers; the first gets values for all of them
    std::unordered_map<std::uint64_t, std::weak_ptr<const MemoryFile>> files_;  // not dropped yet
};

}  // namespace hecaton::detail

// SharedValues: the root's part in shared values: which rank gets the bytes, and which opens the file of a neighbour.
#pragma once

#include <cstdint>
#include <hecaton/pool/shared/block.hpp>
#include <hecaton/pool/traffic/worker_lines.hpp>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace hecaton::detail {

/// Belongs to the thread that drives.
class SharedValues {
  public:
    /// `nodes` is what Ranks::nodes is; empty: every rank gets its own copy. `root` is the root's rank.
    SharedValues(WorkerLines& lines, const std::vector<int>& nodes, int root);

    /// Makes a value known to every other rank: each node gets its bytes once where that is possible.
    void send(std::uint64_t id, const SharedBlock& block);
    /// The others will be told of it by tell_drops(). `value` is kept until then.
    void drop(std::uint64_t id, std::shared_ptr<const void> value);
    /// To be called when nobody runs an item that may still read what was dropped.
    void tell_drops();
    /// That worker is gone: another one of its node keeps values for it from now on.
    void worker_lost(int worker);
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
    struct Value {
        std::weak_ptr<const MemoryFile> file;
        std::vector<int> keepers;  // workers that have not answered whether they keep it for their node
    };
    std::unordered_map<std::uint64_t, Value> values_;                             // in files, and not dropped yet
    std::vector<std::pair<std::uint64_t, std::shared_ptr<const void>>> dropped_;  // of which nobody was told yet
};

}  // namespace hecaton::detail

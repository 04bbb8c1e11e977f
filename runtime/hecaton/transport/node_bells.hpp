// The bells of the ranks on the root's node, in memory that they share: each has one, which the others ring.
//
// The root makes a memory file with a line for each rank, and tells the others where it is; those of its node map it.
// A rank that cannot map it marks no line, and waits as ranks of other nodes do.
#pragma once

#include <hecaton/foundation/memory_file.hpp>
#include <hecaton/transport/bell.hpp>
#include <memory>

namespace hecaton::detail {

class NodeBells {
  public:
    /// On the root. Null where no memory can be shared.
    static std::shared_ptr<NodeBells> create(int ranks, int root);
    /// On another rank, while the root has its own open. Null when the memory cannot be opened.
    static std::shared_ptr<NodeBells> open(const MemoryFile::Address& address, int rank);

    NodeBells(const NodeBells&) = delete;
    NodeBells& operator=(const NodeBells&) = delete;

    /// For open(); on the root only.
    MemoryFile::Address address() const { return file_->address(); }
    /// The word for this rank's Bell.
    std::shared_ptr<Bell::Word> word() const;
    /// After a message to that rank was sent: wakes it, if it is on this node and sleeps.
    void ring(int rank) noexcept;
    /// True when every rank that sends to this one rings: the root for the others, all the others for the root.
    bool all_ring() noexcept;

  private:
    struct Line;
    NodeBells(std::shared_ptr<MemoryFile> file, const std::shared_ptr<std::byte>& memory, int rank);
    static std::shared_ptr<NodeBells> map(const std::shared_ptr<MemoryFile>& file, int rank);

    std::shared_ptr<MemoryFile> file_;  // the root's: others open it by its descriptor
    const std::shared_ptr<Line> lines_;
    const int rank_;
    int ranks_ = 0;    // the number of ranks that have to ring this one; 0 where only the root sends
    int ringing_ = 0;  // the number of them, from the first on, that ring
};

}  // namespace hecaton::detail

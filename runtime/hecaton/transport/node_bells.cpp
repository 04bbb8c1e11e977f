#include <cstddef>
#include <hecaton/transport/node_bells.hpp>
#include <utility>

namespace hecaton::detail {

// On a cache line of its own: a sleeper writes to it, ringing ranks read it. New memory is 0: every rank may sleep, and
// no rank rings.
struct alignas(64) NodeBells::Line {
    Bell::Word word;
    std::atomic<std::uint32_t> rings;  // this rank rings the others
};

NodeBells::NodeBells(std::shared_ptr<MemoryFile> file, const std::shared_ptr<std::byte>& memory, int rank)
    : file_(std::move(file)), lines_(memory, reinterpret_cast<Line*>(memory.get())), rank_(rank) {
    lines_.get()[rank].rings.store(1, std::memory_order_release);
}

std::shared_ptr<NodeBells> NodeBells::map(const std::shared_ptr<MemoryFile>& file, int rank) {
    const std::shared_ptr<std::byte> memory = file != nullptr ? file->map_writable() : nullptr;
    if (memory == nullptr) return nullptr;
    return std::shared_ptr<NodeBells>(new NodeBells(file, memory, rank));
}

std::shared_ptr<NodeBells> NodeBells::create(int ranks, int root) {
    auto bells = map(MemoryFile::create(static_cast<std::size_t>(ranks) * sizeof(Line)), root);
    if (bells != nullptr) bells->ranks_ = ranks;
    return bells;
}

std::shared_ptr<NodeBells> NodeBells::open(const MemoryFile::Address& address, int rank) {
    auto bells = map(MemoryFile::open_writable(address), rank);
    if (bells != nullptr) bells->file_.reset();  // the mapping is enough
    return bells;
}

std::shared_ptr<Bell::Word> NodeBells::word() const { return {lines_, &lines_.get()[rank_].word}; }

void NodeBells::ring(int rank) noexcept { Bell::ring(lines_.get()[rank].word); }

bool NodeBells::all_ring() noexcept {
    while (ringing_ < ranks_ && lines_.get()[ringing_].rings.load(std::memory_order_acquire) != 0) ++ringing_;
    return ringing_ == ranks_;
}

}  // namespace hecaton::detail

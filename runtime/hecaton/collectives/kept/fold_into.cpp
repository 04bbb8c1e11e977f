#include <hecaton/collectives/kept/fold_into.hpp>
#include <utility>

namespace hecaton::detail {
namespace {
thread_local Buffer kept_fold_memory;
}

FoldMemory::FoldMemory() noexcept : bytes_(std::move(kept_fold_memory)) {}

FoldMemory::~FoldMemory() {
    if (bytes_.capacity() > kept_fold_memory.capacity()) kept_fold_memory = std::move(bytes_);
}

void FoldMemory::make_room(std::size_t bytes) {
    bytes_.clear();
    bytes_.grow_by(bytes);
}

std::span<const std::uint64_t> deal_elements(const Call& call, std::uint64_t elements, std::size_t element_size) {
    const std::span<std::uint64_t> sizes = call.kept_byte_sizes();  // as many
    for (int rank = 0; rank < call.size(); ++rank)
        sizes[static_cast<std::size_t>(rank)] = block_of(elements, call.size(), rank).count * element_size;
    return sizes;
}

}  // namespace hecaton::detail

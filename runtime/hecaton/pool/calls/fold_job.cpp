#include <algorithm>
#include <hecaton/pool/calls/fold_job.hpp>

namespace hecaton::detail {

std::uint64_t fold_block(std::uint64_t items) {
    constexpr std::uint64_t most_blocks = 8'192;
    return std::max<std::uint64_t>(1, (items + most_blocks - 1) / most_blocks);
}

}  // namespace hecaton::detail

// Shared values in sandboxes and Processes, which are forks of the zygote: the rank has them, they do not.
#pragma once

#include <cstdint>
#include <hecaton/pool/shared/block.hpp>

namespace hecaton::detail {

/// In such a process: the bytes of a value that its own store does not have, from its rank. Throws UsageError where
/// there is none to ask, and for a value that was released.
SharedBlock shared_block_of_rank(std::uint64_t id);

}  // namespace hecaton::detail

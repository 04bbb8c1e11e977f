// Shared values in a sandbox: its rank has them, and says where they are.
#pragma once

#include <cstdint>
#include <hecaton/foundation/memory_file.hpp>
#include <optional>

namespace hecaton::detail {

/// Asks the rank where it keeps that value; any thread. Empty in a process that is no sandbox. Throws UsageError for a
/// value that was released, and std::bad_alloc when the rank has no memory to put it into a file.
std::optional<MemoryFile::Address> ask_rank_for_shared(std::uint64_t id);

/// `drop` is called in this process, between chunks, for values that it has asked for and that the rank has dropped.
void when_shared_is_dropped(void (*drop)(std::uint64_t id)) noexcept;

}  // namespace hecaton::detail

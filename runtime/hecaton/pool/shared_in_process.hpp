// Shared values in sandboxes and Processes, which are forks of the zygote: the rank has them, they do not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace hecaton::detail {

/// Called in such a process for a value that its own store does not have. Throws UsageError.
[[noreturn]] const void* shared_value_of_rank(std::uint64_t id,
                                              std::shared_ptr<const void> (*decode)(std::span<const std::byte>));

}  // namespace hecaton::detail

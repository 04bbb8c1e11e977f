// A best-effort look for addresses in the bytes of a closure.
//
// A captured raw pointer, span or `this` cannot be seen at compile time, and would be garbage on another rank.
#pragma once

#include <cstddef>
#include <span>

namespace hecaton::detail {

/// Throws UsageError when a word of `closure` is the address of memory that is mapped in this process. Values
/// below 2^32, and those that are not mapped, count as numbers.
void refuse_addresses(std::span<const std::byte> closure);

}  // namespace hecaton::detail

// A best-effort look for addresses in the bytes of a closure.
//
// A captured raw pointer, span or `this` can not be seen at compile time, and would be garbage on another rank.
#pragma once

#include <cstddef>
#include <span>

namespace hecaton::detail {

/// Throws UsageError when a word of `closure` is the address of memory that is mapped in this process. Numbers below
/// 2^32 are taken for numbers, and so is whatever is not mapped.
void refuse_addresses(std::span<const std::byte> closure);

}  // namespace hecaton::detail

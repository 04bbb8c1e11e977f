// What a call, or a whole pool, fails with when the root's own machinery fails.
#pragma once

#include <exception>

namespace hecaton::detail {

/// The exception that is being handled. Where it is a std::bad_alloc that says nothing more: one of that type whose
/// text is `text`, which is a literal.
std::exception_ptr current_failure(const char* text) noexcept;

inline constexpr char no_memory_for_items[] = "the root has no memory to send the items of this call";
inline constexpr char no_memory_for_results[] = "the root has no memory for the results of this call";
inline constexpr char no_memory_for_driving[] = "the pool has failed: the root has no memory to drive it";

}  // namespace hecaton::detail

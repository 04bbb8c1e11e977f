// How much of the calling thread's stack is left: what bounds the nesting of recursive values.
#pragma once

#include <cstdint>

namespace hecaton::detail {

/// The address below which no value may be entered: the stack's end and a reserve. 0 where it is not known.
std::uintptr_t stack_floor() noexcept;

/// No value may be entered any more.
inline bool stack_exhausted() noexcept {
    return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) < stack_floor();
}

/// Throws std::length_error where the value that is to be encoded is nested too deeply for the stack.
void check_nesting_to_encode();
/// The same, a DecodeError.
void check_nesting_to_decode();

}  // namespace hecaton::detail

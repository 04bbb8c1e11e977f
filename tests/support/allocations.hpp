// The program's operator new, watched: for tests of how much memory a call asks for, and of what happens when there is
// none. It is defined in a source file of
// its own: where GCC 12 inlines it into a caller, it takes malloc and operator delete for a mismatch.
#pragma once

#include <cstddef>

namespace hecaton::test::allocations {

inline std::size_t limit = 0;    ///< a larger request throws std::bad_alloc; 0: nothing is watched
inline std::size_t largest = 0;  ///< bytes of the largest request since it was set to 0
inline std::size_t count = 0;    ///< requests since it was set to 0

/// The n-th request of this process from now on, from 1, for `smallest` bytes at least throws std::bad_alloc, on
/// whichever thread it comes. 0: none does. Returns whether the one that was to throw before has thrown.
bool fail_at(std::size_t n, std::size_t smallest = 0) noexcept;

/// The same, but all after it throw too, until a block of 8 MiB or more is freed.
bool fail_from(std::size_t n) noexcept;

}  // namespace hecaton::test::allocations

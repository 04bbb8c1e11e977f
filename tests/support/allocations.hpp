// The program's operator new, watched: for tests of how much memory a call asks for. It is defined in a source file of
// its own: where GCC 12 inlines it into a caller, it takes malloc and operator delete for a mismatch.
#pragma once

#include <cstddef>

namespace hecaton::test::allocations {

inline std::size_t limit = 0;    ///< a larger request throws std::bad_alloc; 0: nothing is watched
inline std::size_t largest = 0;  ///< bytes of the largest request since it was set to 0
inline std::size_t count = 0;    ///< requests since it was set to 0

}  // namespace hecaton::test::allocations

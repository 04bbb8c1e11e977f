// A square of an int that overflows into the bits that are left, as the sums of the tests do.
#pragma once

namespace hecaton::test {

inline int square(int x) {
    const auto bits = static_cast<unsigned>(x);
    return static_cast<int>(bits * bits);
}

}  // namespace hecaton::test

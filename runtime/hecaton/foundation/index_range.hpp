// IndexRange: items of a call that follow each other.
#pragma once

#include <cstdint>

namespace hecaton::detail {

/// Items [first, first + count) of a call.
struct IndexRange {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
};

}  // namespace hecaton::detail

// ItemSegment: items that follow those that a job has already.
#pragma once

#include <cstddef>
#include <cstdint>
#include <hecaton/foundation/buffer.hpp>
#include <hecaton/foundation/index_range.hpp>
#include <vector>

namespace hecaton::detail {

/// Items [first, first + count) in the form of a chunk's arguments (see tasks/runner.hpp).
struct ItemSegment {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    std::size_t record_size = 0;    ///< bytes of each item; 0: they are frames
    std::vector<std::size_t> ends;  ///< of frames: where each one ends in `bytes`
    Buffer bytes;
    std::vector<IndexRange> done;  ///< of these somebody has the results already
};

}  // namespace hecaton::detail

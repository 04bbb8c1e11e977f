// How many items the next chunk of a job gets.
//
// Pure functions and one small estimator: no clock, no I/O. Chunks are long enough to hide what it costs to dispatch one, and
// short enough to balance the tail: never more than a fair share of what is left, and never longer than `longest`.
#pragma once

#include <cstdint>

namespace hecaton::scheduling {

struct SizingOptions {
    double shortest = 200e-6;    ///< seconds of computing a chunk should hold at least, to hide the cost of dispatching it
    double longest = 5e-3;       ///< seconds of computing a chunk should hold at most, to keep the tail short
    double ahead = 1e-3;         ///< seconds of work that a worker should hold, so that it never waits for a round trip
    std::uint64_t growth = 32;   ///< a chunk holds at most so many times the items of the largest one that was measured
};

}  // namespace hecaton::scheduling

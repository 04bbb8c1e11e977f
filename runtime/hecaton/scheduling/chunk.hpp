// Chunk: items that go to a worker together.
#pragma once

#include <cstdint>

namespace hecaton::detail::scheduling {

using JobId = std::uint64_t;    // never used twice
using ChunkId = std::uint64_t;  // never used twice

/// Items [first, first + count) of one job, sent to one worker: a chunk, or a run of chunks of an explicit size, which
/// the worker takes one by one, so that it can give back all those that it has not started.
struct Chunk {
    ChunkId id = 0;
    JobId job = 0;
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    std::uint32_t attempt = 1;  ///< which time these items are run, from 1
    std::uint64_t size = 0;     ///< items of each chunk of a run, of which the last may have fewer; else `count`
};

}  // namespace hecaton::detail::scheduling

// Segments: the pieces of the ranks, merged to what a picture can show. Pure.
#pragma once

#include <cstddef>
#include <limits>
#include <vector>

#include <launcher/report/data/recording.hpp>

namespace hecaton::launcher::report {

/// One piece, or several of one rank that lie close together in time.
struct Segment {
    static constexpr std::uint32_t mixed = std::numeric_limits<std::uint32_t>::max();

    std::uint32_t call = 0;   ///< `mixed`: of several calls
    std::uint64_t first = 0;  ///< lowest index of its items
    std::uint64_t last = 0;   ///< highest index
    std::uint64_t items = 0;
    std::uint64_t failed = 0;
    std::uint64_t pieces = 1;
    std::uint16_t attempt = 1;  ///< the highest one
    bool lost = false;
    Nanoseconds start = 0;
    Nanoseconds end = 0;
    Nanoseconds busy = 0;     ///< of that time
    std::uint64_t bytes = 0;  ///< of collectives
};

/// What one rank did, in order and without overlap. A rank whose pieces overlap has several.
struct Track {
    std::uint32_t rank = 0;
    int lane = 0;
    std::vector<Segment> segments = {};
};

/// Tracks of at most that many segments together, as far as can be: pieces shorter than some time are merged with their
/// neighbours, and longer ones stay as they are.
std::vector<Track> tracks_of(const Recording& recording, std::size_t most);

/// The same of collectives, or of regions; `call` is the place of a name then. Regions may lie inside of others: those
/// are in the next lane.
std::vector<Track> tracks_of_stretches(const Recording& recording, bool regions, std::size_t most);

/// One track for each node, for more ranks than a picture has room for: `busy` of a segment is the mean of the ranks.
std::vector<Track> tracks_of_nodes(const Recording& recording, const std::vector<int>& node_of_rank, std::size_t most);

}  // namespace hecaton::launcher::report

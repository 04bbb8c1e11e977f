// What ranks waited for at the end of a phase, and whether another order of its items would have helped. Pure.
#pragma once

#include <optional>

#include <launcher/report/figures/factors.hpp>

namespace hecaton::launcher::report {

/// The end of a phase, from when on at most half of the ranks had items to run.
struct Tail {
    Piece last = {};          ///< of all, the one that ended last
    Nanoseconds time = 0;     ///< from then until its end
    std::uint64_t items = 1;  ///< that its rank ran meanwhile, the last one included
    bool one_piece = true;    ///< it was mostly the last piece that the others waited for; then time is of that
    std::size_t others = 0;   ///< ranks besides that still had items in the middle of this time
    /// So much earlier the phase would have ended with its longest items first; 0 where that is not known.
    Nanoseconds gain = 0;
};

/// Nothing where the tail is less than a twentieth of the phase, or there is one worker only.
std::optional<Tail> tail_of(const Recording& recording, const Phase& phase);

/// The time that items of these durations take on so many workers when each takes the longest one that is left.
Nanoseconds longest_first(std::vector<Nanoseconds> durations, int workers);

}  // namespace hecaton::launcher::report

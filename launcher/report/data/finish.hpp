// What all readers of recordings do at the end: what is not said follows from the rest.
#pragma once

#include <cstdint>
#include <vector>

#include <launcher/report/data/recording.hpp>

namespace hecaton::launcher::report {

/// The item was lost with its rank at that time.
struct LostItem {
    std::uint32_t call = 0;
    std::uint32_t rank = 0;
    std::uint64_t index = 0;
    Nanoseconds time = 0;
    std::uint16_t attempt = 1;
};

/// Sorts the pieces, marks those with failures, adds pieces for lost items, and ends what has no end. There is a rank
/// for each number that a piece or a stretch has.
void finish(Recording& recording, const std::vector<LostItem>& lost);

}  // namespace hecaton::launcher::report

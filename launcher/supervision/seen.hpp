// What a report tells of the ranks of a run that is over. Pure.
#pragma once

#include <string>

#include <launcher/base/run_end.hpp>
#include <launcher/supervision/rank_table.hpp>

namespace hecaton::launcher {

/// The hosts of the ranks, and the ranks that were lost or have failed.
SeenRanks seen(const RankTable& ranks, const std::string& engine);

}  // namespace hecaton::launcher

// The items of pools' calls that ranks were running, in words. Pure.
#pragma once

#include <string>
#include <vector>

#include <launcher/supervision/rank_table.hpp>

namespace hecaton::launcher {

/// "item 17 of "sweep", attempt 2"
std::string describe(const link::Item& item);

/// A line for each call, at most a few: which item each rank was running when it was asked to end. With many ranks only
/// the first ones are named. Empty where no item is known.
std::vector<std::string> items_under_way(const RankTable& ranks);

}  // namespace hecaton::launcher

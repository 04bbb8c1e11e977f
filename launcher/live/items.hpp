// The items of pools' calls that ranks run, and since when, in words. Pure.
#pragma once

#include <string>
#include <vector>

#include <launcher/link/messages.hpp>

namespace hecaton::launcher {

/// A rank, and what is known of the item that it runs.
struct RankItem {
    int rank = -1;
    std::string host = {};
    link::Item item = {};
};

/// "item 17 of "sweep", attempt 2".
std::string describe(const link::Item& item);

/// "4 min"; "less than 1 s".
std::string time_in(const link::Item& item);

/// The ranks that run an item, those first that have been in it for longest; the others are left out.
std::vector<RankItem> busy_ranks(std::vector<RankItem> ranks);

/// A line for each rank that runs an item, as busy_ranks() has them: "rank 3 on node7 has been in item 77 of "sweep"
/// for 4 min". Only the first 20 have one. Then one line for the ranks that run none.
std::vector<std::string> items_now(const std::vector<RankItem>& ranks);

/// The same of ranks that were asked to end ("had been"), without those that ran none.
std::vector<std::string> items_then(const std::vector<RankItem>& ranks);

}  // namespace hecaton::launcher

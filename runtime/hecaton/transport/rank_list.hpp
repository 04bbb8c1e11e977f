// Ranks in the text of a message.
#pragma once

#include <string>
#include <vector>

namespace hecaton::detail {

/// "rank 3", "ranks 1, 2", "ranks 0, 1, 2, 3, 4, 5, 6, 7 and 92 more".
std::string rank_list(const std::vector<int>& ranks);

}  // namespace hecaton::detail

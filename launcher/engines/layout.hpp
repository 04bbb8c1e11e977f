// On which node the engine puts which rank. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <launcher/engines/plan.hpp>

namespace hecaton::launcher {

/// Ranks follow one another in blocks: the first ones on the first node, and so on. Behind the last node the first one
/// comes again.
struct Layout {
    int nodes = 1;                 ///< that have ranks; 0: not known
    std::vector<int> blocks = {};  ///< ranks in each; empty: not known
};

/// `slots` are those of the nodes, in the engine's order; empty where they are not known.
Layout layout(const Plan& plan, std::vector<int> slots);

/// The node of a rank; -1 where the layout does not tell.
int node_of(int rank, const Layout& layout);

/// How many ranks the layout puts on each node that has some.
std::vector<int> ranks_of_nodes(const Layout& layout);

/// "2,1,2", and back.
std::string text_of_blocks(const std::vector<int>& blocks);
std::vector<int> blocks_of_text(std::string_view text);

}  // namespace hecaton::launcher

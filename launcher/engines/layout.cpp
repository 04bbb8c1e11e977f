#include <launcher/engines/layout.hpp>

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <numeric>

namespace hecaton::launcher {
namespace {

// Hydra fills the nodes, and begins again with the first one where there are more ranks than slots.
std::vector<int> by_hydra(int ranks, const std::vector<int>& slots) {
    std::vector<int> blocks;
    for (std::size_t node = 0; ranks > 0; node = (node + 1) % slots.size()) {
        blocks.push_back(std::min(ranks, std::max(1, slots[node])));
        ranks -= blocks.back();
    }
    return blocks;
}

// mpirun gives each node the same number of ranks above its slots, and the first ones one more.
std::vector<int> by_mpirun(int ranks, std::vector<int> slots) {
    const int total = std::accumulate(slots.begin(), slots.end(), 0);
    const auto nodes = static_cast<int>(slots.size());
    const int extra = std::max(0, ranks - total);
    for (int node = 0; node < nodes; ++node)
        slots[static_cast<std::size_t>(node)] += extra / nodes + (node < extra % nodes ? 1 : 0);
    std::vector<int> blocks;
    for (std::size_t node = 0; ranks > 0 && node < slots.size(); ++node) {
        blocks.push_back(std::min(ranks, slots[node]));
        ranks -= blocks.back();
    }
    return blocks;
}

}  // namespace

Layout layout(const Plan& plan, std::vector<int> slots) {
    constexpr long most = 1L << 24;
    if (!plan.many_nodes) return {.nodes = 1, .blocks = {}};
    if (plan.request.ranks_per_node > 0) std::ranges::fill(slots, plan.request.ranks_per_node);
    std::erase_if(slots, [](int one) { return one <= 0; });
    const long total = std::accumulate(slots.begin(), slots.end(), 0L);
    if (slots.empty() || total > most || plan.ranks <= 0 || plan.engine == Engine::srun)
        return {.nodes = 0, .blocks = {}};
    Layout made;
    made.blocks = plan.engine == Engine::hydra ? by_hydra(plan.ranks, slots) : by_mpirun(plan.ranks, slots);
    made.nodes = static_cast<int>(std::min(slots.size(), made.blocks.size()));
    return made;
}

int node_of(int rank, const Layout& layout) {
    if (layout.nodes == 1) return 0;
    for (std::size_t block = 0; block < layout.blocks.size() && layout.nodes > 0; ++block) {
        if (rank < layout.blocks[block]) return static_cast<int>(block % static_cast<std::size_t>(layout.nodes));
        rank -= layout.blocks[block];
    }
    return -1;
}

std::vector<int> ranks_of_nodes(const Layout& layout) {
    std::vector<int> ranks(static_cast<std::size_t>(std::max(0, layout.nodes)));
    for (std::size_t block = 0; block < layout.blocks.size() && !ranks.empty(); ++block)
        ranks[block % ranks.size()] += layout.blocks[block];
    return ranks;
}

std::string text_of_blocks(const std::vector<int>& blocks) { return fmt::format("{}", fmt::join(blocks, ",")); }

std::vector<int> blocks_of_text(std::string_view text) {
    std::vector<int> blocks;
    while (!text.empty()) {
        int ranks = 0;
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), ranks);
        if (problem != std::errc()) return {};
        blocks.push_back(ranks);
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        text.remove_prefix(text.starts_with(',') ? 1 : 0);
    }
    return blocks;
}

}  // namespace hecaton::launcher

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <hecaton/transport/rank_list.hpp>

namespace hecaton::detail {

std::string rank_list(const std::vector<int>& ranks) {
    constexpr std::size_t shown = 8;
    if (ranks.size() <= shown) return fmt::format("rank{} {}", ranks.size() == 1 ? "" : "s", fmt::join(ranks, ", "));
    return fmt::format("ranks {} and {} more", fmt::join(ranks.begin(), ranks.begin() + shown, ", "),
                       ranks.size() - shown);
}

}  // namespace hecaton::detail

#include <launcher/supervision/items.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace hecaton::launcher {
namespace {

constexpr std::size_t most_named = 8;  // ranks of a line
constexpr std::size_t most_lines = 3;

std::string call_of(const link::Item& item) {
    if (!item.name.empty()) return fmt::format(" of \"{}\"", item.name);
    if (item.items > 1) return fmt::format(" of a call with {} items", item.items);
    return {};
}

std::string in_the_call(const link::Item& item) {
    return fmt::format("{}{}", item.index, item.attempt > 1 ? fmt::format(" (attempt {})", item.attempt) : "");
}

// The ranks that were running items of one call.
struct Group {
    std::string call;
    std::vector<int> ranks;
};

std::vector<Group> groups(const RankTable& ranks) {
    std::vector<Group> found;
    for (int i = 0; i < ranks.size(); ++i) {
        const auto& item = ranks.rank(i).how.item;
        if (!item.running) continue;
        const std::string call = call_of(item);
        auto group = std::ranges::find(found, call, &Group::call);
        if (group == found.end()) group = found.insert(found.end(), {call, {}});
        group->ranks.push_back(i);
    }
    return found;
}

std::string line(const RankTable& ranks, const Group& group) {
    std::string text;
    const auto named = std::min(group.ranks.size(), most_named);
    for (std::size_t i = 0; i < named; ++i) {
        const int rank = group.ranks[i];
        const auto item = in_the_call(ranks.rank(rank).how.item);
        text += i == 0 ? fmt::format("rank {} was running item {}{}", rank, item, group.call)
                       : fmt::format(", rank {} item {}", rank, item);
    }
    if (named == group.ranks.size()) return text;
    std::uint64_t low = UINT64_MAX;
    std::uint64_t high = 0;
    for (std::size_t i = named; i < group.ranks.size(); ++i) {
        const auto index = ranks.rank(group.ranks[i]).how.item.index;
        low = std::min(low, index);
        high = std::max(high, index);
    }
    return text + fmt::format(", and {} other ranks items from {} to {}", group.ranks.size() - named, low, high);
}

}  // namespace

std::string describe(const link::Item& item) {
    return fmt::format("item {}{}{}", item.index, call_of(item),
                       item.attempt > 1 ? fmt::format(", attempt {}", item.attempt) : "");
}

std::vector<std::string> items_under_way(const RankTable& ranks) {
    std::vector<std::string> lines;
    for (const auto& group : groups(ranks))
        if (lines.size() < most_lines) lines.push_back(line(ranks, group));
    return lines;
}

}  // namespace hecaton::launcher

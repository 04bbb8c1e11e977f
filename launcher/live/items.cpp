#include <launcher/live/items.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include <launcher/base/figures.hpp>

namespace hecaton::launcher {
namespace {

constexpr std::size_t most_named = 20;  // ranks, a line each

std::string call_of(const link::Item& item) {
    if (!item.name.empty()) return fmt::format(" of \"{}\"", item.name);
    if (item.items > 1) return fmt::format(" of a call with {} items", item.items);
    return {};
}

std::vector<std::string> lines_of(const std::vector<RankItem>& busy, const char* verb) {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < busy.size() && i < most_named; ++i) {
        const auto& [rank, host, item] = busy[i];
        lines.push_back(fmt::format("rank {} on {} {} in item {}{}{} for {}", rank, host, verb, item.index,
                                    call_of(item), item.attempt > 1 ? fmt::format(" (attempt {})", item.attempt) : "",
                                    time_in(item)));
    }
    if (busy.size() <= most_named) return lines;
    const auto others = busy.size() - most_named;
    lines.push_back(fmt::format("and {} more, for less time", others));
    return lines;
}

// "ranks 0-2, 5 run no item", "rank 4 runs no item"
std::string line_of_others(const std::vector<RankItem>& ranks, bool known, const char* one_does,
                           const char* several_do) {
    std::vector<int> numbers;
    for (const auto& one : ranks)
        if (!one.item.running && one.item.known == known) numbers.push_back(one.rank);
    if (numbers.empty()) return {};
    const bool several = numbers.size() > 1;
    return fmt::format("rank{} {} {}", several ? "s" : "", number_ranges(numbers), several ? several_do : one_does);
}

}  // namespace

std::string describe(const link::Item& item) {
    return fmt::format("item {}{}{}", item.index, call_of(item),
                       item.attempt > 1 ? fmt::format(", attempt {}", item.attempt) : "");
}

std::string time_in(const link::Item& item) {
    return item.held == 0 ? "less than 1 s"
                          : time_text(static_cast<double>(std::max<std::uint64_t>(item.held, 1'000)) / 1'000);
}

std::vector<RankItem> busy_ranks(std::vector<RankItem> ranks) {
    std::erase_if(ranks, [](const RankItem& one) { return !one.item.running; });
    std::ranges::sort(ranks, [](const RankItem& one, const RankItem& other) {
        return one.item.held != other.item.held ? one.item.held > other.item.held : one.rank < other.rank;
    });
    return ranks;
}

std::vector<std::string> items_now(const std::vector<RankItem>& ranks) {
    const auto busy = busy_ranks(ranks);
    if (busy.empty() && std::ranges::none_of(ranks, [](const RankItem& one) { return one.item.known; }))
        return {"no rank runs a call of a hecaton pool, as far as is known"};
    auto lines = lines_of(busy, "has been");
    if (auto line = line_of_others(ranks, true, "runs no item", "run no item"); !line.empty())
        lines.push_back(std::move(line));
    if (auto line = line_of_others(ranks, false, "does not say what it runs", "do not say what they run");
        !line.empty())
        lines.push_back(std::move(line));
    return lines;
}

std::vector<std::string> items_then(const std::vector<RankItem>& ranks) {
    return lines_of(busy_ranks(ranks), "had been");
}

}  // namespace hecaton::launcher

#include <launcher/supervision/rank_table.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

namespace hecaton::launcher {
namespace {

constexpr std::size_t longest_last_words = 4'096;

// "0-2, 5"
std::string ranges(const std::vector<int>& numbers) {
    std::string text;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        std::size_t last = i;
        while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
        text += fmt::format("{}{}", text.empty() ? "" : ", ", numbers[i]);
        if (last > i) text += fmt::format("-{}", numbers[last]);
        i = last;
    }
    return text;
}

}  // namespace

int status_of(const link::Ended& how) { return how.signal > 0 ? 128 + how.signal : how.status; }

bool failed_by_itself(const Rank& rank) {
    return rank.ended && !rank.how.asked && !rank.how.by_engine && status_of(rank.how) != 0;
}

bool left_by_itself(const Rank& rank) { return rank.how.signal == 0 && rank.how.problem.empty() && !rank.lost; }

RankTable::Welcome RankTable::hello(const link::Hello& hello) {
    if (size() == 0 && hello.size > 0) resize(hello.size);
    if (hello.size > 0 && hello.size != size())
        return {.problem = fmt::format("{} ranks were to be started, but a rank on {} is in a world of {}", size(),
                                       hello.host, hello.size)};
    const int number = hello.rank < 0 && size() == 1 ? 0 : hello.rank;
    if (number < 0 || number >= size())
        return {.problem = fmt::format("a program on {} was not told its rank", hello.host)};
    if (at(number).here)
        return {.problem = fmt::format("two programs are rank {}, on {} and on {}", number, rank(number).hello.host,
                                       hello.host)};
    at(number).here = true;
    at(number).hello = hello;
    return {.rank = number};
}

void RankTable::wrote_error(int rank, std::string_view bytes) {
    auto& words = at(rank).last_words;
    words.append(bytes.substr(bytes.size() - std::min(bytes.size(), longest_last_words)));
    if (words.size() > 2 * longest_last_words) words.erase(0, words.size() - longest_last_words);
}

void RankTable::ended(int rank, const link::Ended& how) {
    at(rank).ended = true;
    at(rank).how = how;
    at(rank).order = ++ends_;
}

void RankTable::lost(int number) {
    Rank& rank = at(number);
    rank.closed = true;
    if (rank.ended) return;
    rank.ended = rank.lost = true;
    rank.how.signal = SIGKILL;
    rank.order = ++ends_;
}

void RankTable::closed(int rank, const std::string& outlived_by) {
    at(rank).closed = true;
    at(rank).outlived_by = outlived_by;
}

bool RankTable::all_here() const { return size() > 0 && std::ranges::all_of(ranks_, &Rank::here); }

bool RankTable::all_closed() const { return size() > 0 && std::ranges::all_of(ranks_, &Rank::closed); }

std::optional<int> RankTable::first_failure() const {
    std::optional<int> found;
    for (int i = 0; i < size(); ++i)
        if (failed_by_itself(rank(i)) && (!found || rank(i).order < rank(*found).order)) found = i;
    return found;
}

std::string RankTable::which(const Predicate& is) const {
    std::vector<int> found;
    for (int i = 0; i < size(); ++i)
        if (is(rank(i))) found.push_back(i);
    return ranges(found);
}

std::optional<int> RankTable::first(const Predicate& is) const {
    const auto found = std::ranges::find_if(ranks_, is);
    return found == ranks_.end() ? std::nullopt : std::optional(static_cast<int>(found - ranks_.begin()));
}

std::string RankTable::still_running() const {
    return which([](const Rank& rank) { return rank.here && !rank.ended; });
}

std::string RankTable::missing() const {
    return which([](const Rank& rank) { return !rank.here; });
}

int RankTable::status() const {
    if (const auto first = first_failure()) return status_of(rank(*first).how);
    const bool well = size() > 0 && std::ranges::all_of(ranks_, [](const Rank& rank) {
                          return rank.ended && !rank.how.by_engine && status_of(rank.how) == 0;
                      });
    return well ? 0 : 1;
}

}  // namespace hecaton::launcher

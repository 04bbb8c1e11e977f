#include <launcher/supervision/rank_table.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <map>

#include <launcher/base/figures.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/engines/mpirun_text.hpp>

namespace hecaton::launcher {
namespace {

constexpr std::size_t longest_last_words = 4'096;

}  // namespace

int status_of(const link::Ended& how) { return how.signal > 0 && !how.leaving ? 128 + how.signal : how.status; }

bool can_be_missed(const Rank& rank) {
    const auto& how = rank.how;
    return (how.serving || how.leaving) && !how.asked && !how.by_engine && how.problem.empty() && how.fault.empty();
}

bool failed_by_itself(const Rank& rank) {
    return rank.ended && !rank.survived && !rank.how.asked && !rank.how.by_engine && !rank.out_of_time &&
           status_of(rank.how) != 0;
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
    words.append(bytes);
    if (words.size() <= 2 * longest_last_words) return;
    // A backtrace may be long, and is no word of the program's. A line that is not whole yet is judged later.
    const auto whole = words.rfind('\n') + 1;
    words.replace(0, whole, without_backtrace(std::string_view(words).substr(0, whole)));
    if (words.size() > longest_last_words) words.erase(0, words.size() - longest_last_words);
}

void RankTable::ended(int rank, const link::Ended& how) {
    at(rank).ended = true;
    at(rank).how = how;
    at(rank).order = ++ends_;
    at(rank).out_of_time = limited_ && how.problem.empty() && status_of(how) == Status::out_of_time;
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

bool RankTable::out_of_time() const { return std::ranges::any_of(ranks_, &Rank::out_of_time); }

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
    return number_ranges(found);
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

MemoryUse RankTable::memory_use() const {
    std::map<std::string, std::uint64_t> of_hosts;
    for (const Rank& rank : ranks_) of_hosts[rank.hello.host] += rank.how.memory;
    MemoryUse most;
    for (const auto& [host, bytes] : of_hosts)
        if (bytes > most.bytes) most = {.bytes = bytes, .host = host};
    const auto first = first_failure();
    if (!first || !rank(*first).how.out_of_memory) return most;
    const Rank& failed = rank(*first);
    return {.bytes = of_hosts[failed.hello.host],
            .host = failed.hello.host,
            .limit = failed.how.memory_limit,
            .out_of_memory = true};
}

int RankTable::status() const {
    if (const auto first = first_failure()) return status_of(rank(*first).how);
    if (out_of_time()) return Status::out_of_time;
    const bool well = size() > 0 && std::ranges::all_of(ranks_, [](const Rank& rank) {
                          return rank.survived || (rank.ended && !rank.how.by_engine && status_of(rank.how) == 0);
                      });
    return well ? 0 : 1;
}

}  // namespace hecaton::launcher

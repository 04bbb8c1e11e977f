#include "plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace chaos {

Plan::Plan(std::mt19937_64& random, const Hosts& on, bool whole) : hosts(on) {
    const auto up_to = [&](std::uint64_t most) { return random() % (most + 1); };
    ranks = 1 + up_to(3);
    journal = up_to(3) != 0 || whole;
    restarts = up_to(1) == 0 ? 0 : 1 + up_to(2);  // from the third one on, the launcher waits for seconds
    const auto how = up_to(5);
    by_itself = how >= 4;
    without_launcher = how == 5;
    if (without_launcher) restarts = 0;
    microseconds = static_cast<long>(2'000 + 1'000 * up_to(10));
    strikes = whole ? 20 : 1 + up_to(journal ? 9 : 2);
    hangs = up_to(3) == 0 && !without_launcher && !(by_itself && ranks == 1);  // where somebody watches the ranks
    if (hosts.names.empty()) return;
    by_itself = without_launcher = false;
    ranks = hosts.names.size() + up_to(1);
}

std::string Plan::text() const {
    return fmt::format("{} ranks, {}{}, {} restarts{}, items of {} us", ranks,
                       without_launcher ? "without a launcher, "
                       : by_itself      ? "self-launched, "
                                        : "",
                       journal ? "with a journal" : "without a journal", restarts, hangs ? ", hung ranks" : "",
                       microseconds);
}

std::vector<std::string> Plan::program(const std::string& file, std::uint64_t seed, long time,
                                       const std::string& trace) const {
    return {file, std::to_string(seed), std::to_string(time), trace};
}

Command Plan::command(const std::string& launcher, const std::string& file, std::uint64_t seed,
                      const std::string& trace) const {
    Command made{program(file, seed, microseconds, trace), {}};
    if (by_itself) {
        made.settings = {fmt::format("HECATON_RANKS={}", ranks),
                         "HECATON_LAUNCHER=" + (without_launcher ? "none" : launcher)};
        if (journal) made.settings.emplace_back("HECATON_JOURNAL=j.db");
        if (hangs) made.settings.emplace_back("HECATON_LINK_TIMEOUT=2s");
        if (restarts > 0) made.settings.push_back(fmt::format("HECATON_RESTARTS={}", restarts));
        return made;
    }
    std::vector<std::string> words = hosts.front;
    words.insert(words.end(), {launcher, "run", "-n", std::to_string(ranks)});
    if (!hosts.names.empty()) words.insert(words.end(), {"--hosts", fmt::format("{}", fmt::join(hosts.names, ","))});
    if (hangs || !hosts.names.empty()) words.insert(words.end(), {"--link-timeout", "2s"});
    if (restarts > 0) words.insert(words.end(), {"--restarts", std::to_string(restarts)});
    if (journal) words.insert(words.end(), {"--journal", "j.db"});
    made.words.insert(made.words.begin(), words.begin(), words.end());
    return made;
}

}  // namespace chaos

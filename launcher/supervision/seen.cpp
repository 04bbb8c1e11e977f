#include <launcher/supervision/seen.hpp>

#include <algorithm>

#include <launcher/supervision/card.hpp>

namespace hecaton::launcher {

SeenRanks seen(const RankTable& ranks, const std::string& engine) {
    SeenRanks found{.engine = engine};
    for (int i = 0; i < ranks.size(); ++i) {
        const Rank& rank = ranks.rank(i);
        const auto& host = rank.hello.host;
        if (rank.here && std::ranges::find(found.hosts, host) == found.hosts.end()) found.hosts.push_back(host);
        const bool missed = rank.survived && !rank.how.leaving;
        if (rank.here && (missed || failed_by_itself(rank))) found.lost.push_back({i, host, how_it_ended(rank)});
    }
    return found;
}

}  // namespace hecaton::launcher

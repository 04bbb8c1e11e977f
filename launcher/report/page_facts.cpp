#include <launcher/report/page_facts.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include <launcher/base/figures.hpp>
#include <launcher/report/figures/words.hpp>

namespace hecaton::launcher::report {
namespace {

constexpr std::size_t most_names = 300;

}  // namespace

nlohmann::json facts_json(const Recording& recording) {
    auto made = nlohmann::json::array();
    const auto add = [&](const char* name, const std::string& text) {
        if (!text.empty()) made.push_back({name, text});
    };
    add("program", fmt::format("{} {}", recording.program, fmt::join(recording.arguments, " ")));
    const auto& part = recording.launcher;
    if (part) add("command", fmt::format("{}", fmt::join(part->command, " ")));
    if (part) add("MPI", part->mpi);
    add("ranks", std::to_string(recording.ranks.size()));
    if (part) add("hosts", fmt::format("{}", fmt::join(part->hosts, ", ")));
    if (part && part->cores > 0) add("cores here", std::to_string(part->cores));
    const double begin = part && part->start > 0 ? part->start : recording.unix_time;
    if (begin > 0) add("began", local_time(begin));
    if (part && part->end > 0) add("ended", local_time(part->end));
    add("recorded", time_text(recording.length));
    if (part)
        add("exit status", std::to_string(part->status));
    else if (recording.status)
        add("exit status", std::to_string(*recording.status));
    add("hecaton", recording.version);
    return made;
}

nlohmann::json losses_json(const Recording& recording) {
    auto made = nlohmann::json::array();
    for (const auto& loss : recording.launcher ? recording.launcher->losses : std::vector<Loss>())
        made.push_back({loss.rank, loss.host, loss.why});
    return made;
}

nlohmann::json stretch_table_json(const Recording& recording) {
    struct Sum {
        std::uint64_t count = 0;
        std::uint64_t bytes = 0;
        Nanoseconds time = 0;
        Stretch longest = {};
    };
    std::map<std::pair<bool, std::uint32_t>, Sum> sums;
    for (const auto& stretch : recording.stretches) {
        auto& sum = sums[{stretch.region, stretch.name}];
        ++sum.count;
        sum.bytes += stretch.bytes;
        sum.time += stretch.duration;
        if (sum.count == 1 || stretch.duration > sum.longest.duration) sum.longest = stretch;
    }
    auto made = nlohmann::json::array();
    for (const auto& [key, sum] : sums)
        if (made.size() < most_names)
            made.push_back(
                {key.second, key.first, sum.count, sum.bytes, sum.time, sum.longest.duration, sum.longest.rank});
    return made;
}

}  // namespace hecaton::launcher::report

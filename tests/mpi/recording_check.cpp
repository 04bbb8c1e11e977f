// recording_check FILE RANKS EXPECTATION...: whether a recording is whole and says what is expected. Prints what is
// not.
//
//     call:NAME:KIND:ITEMS:ERRORS   calls of that name have so many items and errors, each item covered once
//     cut:NAME                      a call of that name was cut
//     died:NAME                     items of it were lost, of which each may be covered twice
//     region:NAME:COUNT             so many regions, of all ranks together
//     collective:NAME:COUNT         so many on each rank
//     lost_rank:RANK
//     side_by_side                  threads of a rank compute at the same time, so pieces may overlap
//     no_end                        the program died: no end is needed
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Json = nlohmann::json;

struct Piece {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    std::uint64_t attempt = 0;
};

struct Call {
    Json begin;
    Json end;
    std::vector<Piece> pieces;
    std::set<std::uint64_t> lost;
    std::set<std::uint64_t> failed;
};

struct Interval {
    std::int64_t start = 0;
    std::int64_t duration = 0;
};

struct Recording {
    Json begin;
    Json end;
    std::map<int, Json> ranks;
    std::map<int, Json> end_ranks;
    std::set<int> lost_ranks;
    std::map<std::uint64_t, Call> calls;
    std::map<int, std::vector<Interval>> tracks;
    std::map<std::string, int> regions;
    std::map<std::string, std::map<int, int>> collectives;
};

int wrong = 0;

void require(bool right, const std::string& what) {
    if (right) return;
    ++wrong;
    fmt::print("wrong: {}\n", what);
}

void take(Recording& all, const std::string& line) {
    std::istringstream words(line);
    std::string kind;
    words >> kind;
    const std::string rest = line.substr(std::min(kind.size() + 1, line.size()));
    if (kind == "begin") {
        all.begin = Json::parse(rest);
    } else if (kind == "rank") {
        Json one = Json::parse(rest);
        require(all.ranks.emplace(one.at("rank").get<int>(), one).second, "two lines of a rank: " + line);
    } else if (kind == "call") {
        Json one = Json::parse(rest);
        all.calls[one.at("call").get<std::uint64_t>()].begin = one;
    } else if (kind == "end_call") {
        Json one = Json::parse(rest);
        Call& call = all.calls[one.at("call").get<std::uint64_t>()];
        require(call.end.is_null(), "a call ends twice: " + line);
        call.end = one;
    } else if (kind == "ran") {
        std::uint64_t call = 0;
        int rank = 0;
        Piece piece;
        Interval time;
        words >> call >> rank >> piece.first >> piece.count >> time.start >> time.duration >> piece.attempt;
        require(!words.fail() && piece.count > 0 && time.start >= 0 && time.duration >= 0 && piece.attempt > 0,
                "not a piece: " + line);
        all.calls[call].pieces.push_back(piece);
        all.tracks[rank].push_back(time);
    } else if (kind == "lost") {
        std::uint64_t call = 0;
        int rank = 0;
        std::uint64_t index = 0;
        words >> call >> rank >> index;
        all.calls[call].lost.insert(index);
    } else if (kind == "error") {
        const Json one = Json::parse(rest);
        require(!one.at("type").get<std::string>().empty() && one.contains("text"), "an error without words: " + line);
        all.calls[one.at("call").get<std::uint64_t>()].failed.insert(one.at("index").get<std::uint64_t>());
    } else if (kind == "collective") {
        int rank = 0;
        std::int64_t start = 0;
        std::int64_t duration = 0;
        std::uint64_t bytes = 0;
        std::string name;
        words >> rank >> start >> duration >> bytes >> name;
        require(!words.fail() && start >= 0 && duration >= 0, "not a collective: " + line);
        ++all.collectives[name][rank];
    } else if (kind == "region") {
        int rank = 0;
        std::int64_t start = 0;
        std::int64_t duration = 0;
        words >> rank >> start >> duration;
        require(!words.fail() && start >= 0 && duration >= 0, "not a region: " + line);
        ++all.regions[Json::parse(line.substr(line.find('{'))).at("name").get<std::string>()];
    } else if (kind == "lost_rank") {
        all.lost_ranks.insert(Json::parse(rest).at("rank").get<int>());
    } else if (kind == "end_rank") {
        Json one = Json::parse(rest);
        require(all.end_ranks.emplace(one.at("rank").get<int>(), one).second, "a rank ends twice: " + line);
    } else if (kind == "end") {
        all.end = Json::parse(rest);
    } else {
        require(kind == "dropped", "no known line: " + line);
    }
}

Recording read(const char* name) {
    std::ifstream file(name, std::ios::binary);
    std::string line;
    require(std::getline(file, line) && line == "hecaton-recording 1", "the first line");
    Recording all;
    while (std::getline(file, line)) {
        if (file.eof()) break;  // torn
        take(all, line);
    }
    return all;
}

// How often each item is covered is as often as it should be.
void check_items(const Call& call, const std::string& name) {
    const auto items = call.end.value("items", std::uint64_t{0});
    // Items that a journal had are not run.
    const bool cut = call.end.value("cut", false);
    const bool gaps = cut || call.end.value("restored", 0) != 0;
    std::map<std::uint64_t, int> times;
    std::uint64_t covered = 0;
    for (const Piece& piece : call.pieces) {
        covered += piece.count;
        ++times[piece.first];
        --times[piece.first + piece.count];
    }
    int now = 0;
    std::uint64_t from = 0;
    for (const auto& [at, change] : times) {
        const bool right = now == 1 || (now == 0 && gaps) || from == at;
        require(right, fmt::format("{}: items {} to {} are covered {} times", name, from, at, now));
        now += change;
        from = at;
    }
    require(cut || covered == items, fmt::format("{}: {} of {} items are covered", name, covered, items));
    require(call.failed.size() == call.end.value("failed", std::uint64_t{0}), name + ": not as many errors as failed");
}

void check_tracks(Recording& all) {
    for (auto& [rank, pieces] : all.tracks) {
        require(all.ranks.contains(rank), fmt::format("a piece of rank {}, which has no line", rank));
        std::ranges::sort(pieces, {}, &Interval::start);
        for (std::size_t i = 1; i < pieces.size(); ++i)
            require(pieces[i - 1].start + pieces[i - 1].duration <= pieces[i].start,
                    fmt::format("pieces of rank {} overlap at {} ns", rank, pieces[i].start));
    }
}

std::vector<std::string> split(const std::string& word) {
    std::vector<std::string> parts;
    std::istringstream text(word);
    for (std::string part; std::getline(text, part, ':');) parts.push_back(part);
    return parts;
}

void check_expected(const Recording& all, int ranks, const std::vector<std::string>& what) {
    const std::string words = fmt::format("{}", fmt::join(what, ":"));
    if (what[0] == "call") {
        std::uint64_t items = 0;
        std::size_t failed = 0;
        bool found = false;
        for (const auto& [number, call] : all.calls) {
            if (call.begin.is_null() || call.begin.at("name") != what.at(1) || call.begin.at("kind") != what.at(2))
                continue;
            found = true;
            items += call.end.value("items", std::uint64_t{0});
            failed += call.failed.size();
        }
        require(found && items == std::stoull(what.at(3)) && failed == std::stoull(what.at(4)),
                fmt::format("{}: {} items and {} errors", words, items, failed));
    } else if (what[0] == "cut" || what[0] == "died") {
        require(std::ranges::any_of(all.calls,
                                    [&](const auto& one) {
                                        const Call& call = one.second;
                                        return call.begin.at("name") == what.at(1) &&
                                               (what[0] == "cut" ? call.end.value("cut", false) : !call.lost.empty());
                                    }),
                words);
    } else if (what[0] == "region") {
        const auto found = all.regions.find(what.at(1));
        require(found != all.regions.end() && found->second == std::stoi(what.at(2)), words);
    } else if (what[0] == "collective") {
        const auto found = all.collectives.find(what.at(1));
        require(found != all.collectives.end() && found->second.size() == static_cast<std::size_t>(ranks) &&
                    std::ranges::all_of(found->second,
                                        [&](const auto& one) { return one.second == std::stoi(what.at(2)); }),
                words);
    } else if (what[0] == "lost_rank") {
        require(all.lost_ranks.contains(std::stoi(what.at(1))), words);
    } else {
        require(what[0] == "no_end" || what[0] == "side_by_side", "no known expectation: " + words);
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) throw std::invalid_argument("recording_check FILE RANKS EXPECTATION...");
    Recording all = read(argv[1]);
    const int ranks = std::stoi(argv[2]);
    const std::vector<std::string> expected(argv + 3, argv + argc);
    const bool died = std::ranges::count(expected, "no_end") != 0;
    require(all.begin.value("ranks", 0) == ranks, "the number of ranks at the beginning");
    require(all.ranks.size() == static_cast<std::size_t>(ranks), "a line for each rank");
    require(died || (all.end.contains("status") && all.end.contains("time")), "an end");
    require(died || all.end_ranks.size() + all.lost_ranks.size() == static_cast<std::size_t>(ranks),
            "the end of each rank");
    for (const auto& [number, call] : all.calls) {
        require(!call.begin.is_null(), fmt::format("the beginning of call {}", number));
        require(died || !call.end.is_null(), fmt::format("the end of call {}", number));
        if (!call.end.is_null()) check_items(call, fmt::format("call {}", number));
    }
    if (std::ranges::count(expected, "side_by_side") == 0) check_tracks(all);
    for (const std::string& word : expected) check_expected(all, ranks, split(word));
    return wrong == 0 ? 0 : 1;
}

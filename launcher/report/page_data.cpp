#include <launcher/report/page_data.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include <launcher/base/figures.hpp>
#include <launcher/report/data/hosts.hpp>
#include <launcher/report/figures/segments.hpp>
#include <launcher/report/page_facts.hpp>

namespace hecaton::launcher::report {
namespace {

using nlohmann::json;

constexpr std::size_t most_segments = 50'000;
constexpr std::size_t most_ranks_as_rows = 2'000;  // then the rows are nodes
constexpr std::size_t most_ranks_listed = 2'000;
constexpr std::size_t most_calls = 300;
constexpr std::size_t most_page_errors = 500;
constexpr std::size_t longest_page_text = 400;

double rounded(double number) { return std::round(number * 1e4) / 1e4; }
double short_seconds(Nanoseconds time) { return std::round(seconds(time) * 1e9) / 1e9; }

// The calls that the page tells about, by their place in the recording: those that took longest. The others are one.
class PageCalls {
  public:
    PageCalls(const Recording& recording, const Model& model) : places_(recording.calls.size()) {
        std::vector<std::uint32_t> order(recording.calls.size());
        std::iota(order.begin(), order.end(), 0U);
        const auto weight = [&](std::uint32_t i) {
            return std::pair(-std::max(model.calls[i].computing, model.calls[i].wall), i);
        };
        if (order.size() > most_calls) {
            std::ranges::sort(order, {}, weight);
            left_out_ = order.size() - most_calls;
            order.resize(most_calls);
            std::ranges::sort(order);
        }
        std::ranges::fill(places_, static_cast<std::uint32_t>(order.size()));
        for (std::uint32_t place = 0; place < order.size(); ++place) places_[order[place]] = place;
        kept_ = std::move(order);
    }
    const std::vector<std::uint32_t>& kept() const { return kept_; }
    std::size_t left_out() const { return left_out_; }
    std::uint32_t place(std::uint32_t call) const { return places_[call]; }

  private:
    std::vector<std::uint32_t> places_;
    std::vector<std::uint32_t> kept_;
    std::size_t left_out_ = 0;
};

json shares_json(const std::optional<Shares>& shares) {
    if (!shares) return nullptr;
    return {rounded(shares->parallel()), rounded(shares->balance()), rounded(shares->dispatch()),
            rounded(shares->start_and_tail())};
}

json calls_json(const Recording& recording, const Model& model, const PageCalls& calls) {
    json made = json::array();
    std::map<std::string, std::size_t> colours;  // calls of one name have one
    for (const auto i : calls.kept()) {
        const auto& call = recording.calls[i];
        const auto& figures = model.calls[i];
        const auto colour = colours.emplace(call.title(), colours.size()).first->second;
        made.push_back({{"title", call.title()},
                        {"kind", call.kind},
                        {"colour", colour},
                        {"begin", call.begin},
                        {"end", call.end},
                        {"ended", call.ended || !recording.call_times},
                        {"cut", call.cut},
                        {"items", figures.items},
                        {"failed", figures.failed},
                        {"lost", figures.lost},
                        {"restored", call.restored},
                        {"chunks", call.chunks},
                        {"computing", short_seconds(figures.computing)},
                        {"sent", call.bytes_sent},
                        {"received", call.bytes_received},
                        {"factors", shares_json(figures.shares)},
                        {"verdict", call.verdict}});
    }
    if (calls.left_out() > 0)
        made.push_back(
            {{"title", counted(calls.left_out(), "other call")}, {"colour", colours.size()}, {"more", true}});
    return made;
}

json ranks_json(const Recording& recording, const Model& model, const std::vector<int>& nodes) {
    json made = json::array();
    const double length = std::max(1e-9, seconds(recording.length));
    for (std::size_t i = 0; i < recording.ranks.size() && i < most_ranks_listed; ++i) {
        const auto& rank = recording.ranks[i];
        const auto& figures = model.ranks[i];
        json row{nodes[i],
                 figures.items,
                 figures.failed,
                 figures.lost,
                 rounded(seconds(figures.busy) / length),
                 rank.cpu < 0 ? json() : json(rounded(rank.cpu)),
                 rank.peak_bytes,
                 rank.cores,
                 rank.round_trip > 0 ? json(rank.offset) : json()};
        if (rank.lost_at) row.insert(row.end(), {*rank.lost_at, rank.lost_why});
        made.push_back(std::move(row));
    }
    return made;
}

// The hosts of the ranks that are not listed: a host and how many ranks, one after the other.
json further_ranks_json(const std::vector<int>& nodes) {
    json made = json::array();
    for (std::size_t i = most_ranks_listed, end = i; i < nodes.size(); i = end) {
        while (end < nodes.size() && nodes[end] == nodes[i]) ++end;
        made.insert(made.end(), {nodes[i], end - i});
    }
    return made;
}

Nanoseconds unit_of(const Recording& recording) {
    Nanoseconds unit = 1;
    while (recording.length / unit > 100'000'000) unit *= 10;
    return unit;
}

// gap, length, code, first (bytes of a collective), items; where the code says so: span, busy in thousandths, failed,
// pieces; and the attempt.
json track_json(const Track& track, Nanoseconds unit, bool stretches, const auto& place) {
    enum Bits : std::uint32_t { has_failed = 1, is_lost = 2, has_more = 4, ran_again = 8, all_bits = 16 };
    json numbers = json::array();
    Nanoseconds at = 0;
    for (const auto& segment : track.segments) {
        const Nanoseconds start = std::max(at, segment.start / unit);
        const Nanoseconds end = std::max(start, (segment.end + unit - 1) / unit);
        const bool more = segment.items != 1;
        const std::uint32_t call = segment.call == Segment::mixed ? 0 : place(segment.call) + 1;
        numbers.push_back(start - at);
        numbers.push_back(end - start);
        numbers.push_back(call * all_bits + (segment.failed > 0 ? has_failed : 0U) + (segment.lost ? is_lost : 0U) +
                          (more ? has_more : 0U) + (segment.attempt > 1 ? ran_again : 0U));
        numbers.push_back(stretches ? segment.bytes : segment.first);
        numbers.push_back(segment.items);
        if (more) {
            const auto length = std::max<Nanoseconds>(1, segment.end - segment.start);
            numbers.push_back(segment.last - segment.first);
            numbers.push_back(std::min<Nanoseconds>(1'000, (1'000 * segment.busy + length / 2) / length));
            numbers.push_back(segment.failed);
            numbers.push_back(segment.pieces);
        }
        if (segment.attempt > 1) numbers.push_back(segment.attempt);
        at = end;
    }
    return {track.rank, track.lane, std::move(numbers)};
}

json histogram_json(const Model& model, const PageCalls& calls) {
    std::map<std::uint32_t, std::array<std::uint64_t, Histogram::bins>> of_place;
    for (const auto& [call, counts] : model.times.of_call)
        for (std::size_t bin = 0; bin < counts.size(); ++bin) of_place[calls.place(call)][bin] += counts[bin];
    json made = json::array();
    for (const auto& [place, counts] : of_place) {
        json pairs = json::array();
        for (std::size_t bin = 0; bin < counts.size(); ++bin)
            if (counts[bin] > 0) pairs.insert(pairs.end(), {bin, counts[bin]});
        made.push_back({place, std::move(pairs)});
    }
    return made;
}

json errors_json(const Recording& recording, const PageCalls& calls) {
    json made = json::array();
    for (const auto& error : recording.errors) {
        if (made.size() == most_page_errors) break;
        made.push_back(
            {calls.place(error.call), error.index, error.rank, error.type.substr(0, longest_page_text),
             error.text.size() <= longest_page_text ? error.text : error.text.substr(0, longest_page_text) + "..."});
    }
    return made;
}

std::string text_of_page(const json& page) {
    std::string text = page.dump(-1, ' ', false, json::error_handler_t::replace);
    std::string escaped;
    escaped.reserve(text.size());
    for (const char letter : text) letter == '<' ? escaped += "\\u003c" : escaped += letter;
    return escaped;
}

}  // namespace

std::string title_of(const Recording& recording) {
    const auto slash = recording.program.find_last_of('/');
    const auto name = slash == std::string::npos ? recording.program : recording.program.substr(slash + 1);
    return name.empty() ? "hecaton" : name;
}

std::string page_data(const Recording& recording, const Model& model, std::size_t most_bytes) {
    const PageCalls calls(recording, model);
    const Hosts hosts(recording);
    const auto unit = unit_of(recording);
    const bool by_node = recording.ranks.size() > most_ranks_as_rows;
    json page{{"title", title_of(recording)},
              {"facts", facts_json(recording)},
              {"cards", recording.launcher ? recording.launcher->cards : std::vector<std::string>()},
              {"losses", losses_json(recording)},
              {"length", recording.length},
              {"unit", unit},
              {"workers", model.workers},
              {"factors", shares_json(model.shares)},
              {"callTimes", recording.call_times},
              {"calls", calls_json(recording, model, calls)},
              {"hosts", hosts.names()},
              {"ranks", ranks_json(recording, model, hosts.of_ranks())},
              {"furtherRanks", further_ranks_json(hosts.of_ranks())},
              {"byNode", by_node},
              {"histogram", histogram_json(model, calls)},
              {"errors", errors_json(recording, calls)},
              {"allErrors", recording.failed.size()},
              {"names", recording.names},
              {"stretchTable", stretch_table_json(recording)}};
    auto& busy = page["busy"] = json::array();
    for (const double part : model.busy) busy.push_back(std::round(part * 100) / 100);
    auto& slowest = page["slowest"] = json::array();
    for (const auto& piece : model.slowest)
        slowest.push_back({calls.place(piece.call), piece.first, piece.count, piece.rank, piece.start, piece.duration});
    const auto place = [&](std::uint32_t call) { return calls.place(call); };
    for (std::size_t most = most_segments;; most = most * 2 / 3) {
        page["tracks"] = page["stretches"] = json::array();
        for (const auto& track :
             by_node ? tracks_of_nodes(recording, hosts.of_ranks(), most) : tracks_of(recording, most))
            page["tracks"].push_back(track_json(track, unit, false, place));
        for (const bool regions : {false, true}) {
            if (by_node) break;
            for (const auto& track : tracks_of_stretches(recording, regions, most / 5)) {
                page["stretches"].push_back(track_json(track, unit, true, [](std::uint32_t name) { return name; }));
                page["stretches"].back().push_back(regions);
            }
        }
        std::string text = text_of_page(page);
        if (text.size() <= most_bytes || most < 1'000) return text;
    }
}

}  // namespace hecaton::launcher::report

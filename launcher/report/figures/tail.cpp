#include <launcher/report/figures/tail.hpp>

#include <algorithm>
#include <functional>
#include <queue>
#include <string_view>

namespace hecaton::launcher::report {
namespace {

constexpr double worth_saying = 0.05;  // of the phase

// MapOptions::cost is for calls that know all of their items at the beginning.
bool takes_cost(const Call& call) {
    const std::string_view kind = call.kind;
    return (kind.starts_with("map") || kind.starts_with("starmap")) && call.by_caller == 0 && !call.cut;
}

// The pieces of a phase whose results count.
template <class Do>
void for_each_piece(const Recording& recording, const Phase& phase, Do&& act) {
    std::vector<bool> ours(recording.calls.size());
    for (const auto call : phase.calls) ours[call] = true;
    for (const auto& piece : recording.pieces)
        if (ours[piece.call] && !piece.lost) act(piece);
}

Nanoseconds gain_of_cost(const Recording& recording, const Phase& phase, int workers) {
    if (phase.calls.size() != 1 || !recording.calls[phase.calls[0]].ended) return 0;
    if (!takes_cost(recording.calls[phase.calls[0]]) || recording.dropped > 0) return 0;
    std::vector<Nanoseconds> durations;
    for_each_piece(recording, phase, [&](const Piece& piece) { durations.push_back(piece.duration); });
    // What the dispatch has cost, it would have cost then as well.
    const double best = static_cast<double>(longest_first(std::move(durations), workers)) / phase.shares.dispatch();
    const double gain = phase.shares.span - best;
    return gain >= worth_saying * phase.shares.wall ? static_cast<Nanoseconds>(gain) : 0;
}

}  // namespace

Nanoseconds longest_first(std::vector<Nanoseconds> durations, int workers) {
    std::ranges::sort(durations, std::greater<>());
    std::priority_queue<Nanoseconds, std::vector<Nanoseconds>, std::greater<>> free(
        std::greater<>(), std::vector<Nanoseconds>(static_cast<std::size_t>(std::max(1, workers))));
    Nanoseconds end = 0;
    for (const auto duration : durations) {
        const auto ends = free.top() + duration;
        free.pop();
        free.push(ends);
        end = std::max(end, ends);
    }
    return end;
}

std::optional<Tail> tail_of(const Recording& recording, const Phase& phase) {
    const int workers = workers_of(recording);
    if (workers < 2) return std::nullopt;
    std::vector<Nanoseconds> ends(std::max(recording.ranks.size(), static_cast<std::size_t>(workers)),
                                  phase.first_start);
    Tail found;
    bool any = false;
    for_each_piece(recording, phase, [&](const Piece& piece) {
        ends[piece.rank] = std::max(ends[piece.rank], piece.end());
        if (!any || piece.end() > found.last.end()) found.last = piece;
        any = true;
    });
    if (!any) return std::nullopt;
    std::ranges::sort(ends, std::greater<>());
    const auto from = ends[static_cast<std::size_t>(workers) / 2];
    found.time = found.last.end() - from;
    found.items = 0;
    for_each_piece(recording, phase, [&](const Piece& piece) {
        if (piece.rank == found.last.rank && piece.end() > from) found.items += piece.count;
    });
    found.one_piece = 2 * found.last.duration >= found.time;
    if (found.one_piece) found.time = std::min(found.time, found.last.duration);
    if (static_cast<double>(found.time) < worth_saying * phase.shares.wall) return std::nullopt;
    const auto middle = found.last.end() - found.time / 2;
    found.others = static_cast<std::size_t>(std::ranges::count_if(ends, [&](auto end) { return end > middle; })) - 1;
    found.gain = gain_of_cost(recording, phase, workers);
    return found;
}

}  // namespace hecaton::launcher::report

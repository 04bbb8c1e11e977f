#include <launcher/report/data/finish.hpp>

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

namespace hecaton::launcher::report {
namespace {

void sort_pieces(std::vector<Piece>& pieces) {
    const auto key = [](const Piece& piece) { return std::tuple(piece.rank, piece.start, piece.first); };
    if (!std::ranges::is_sorted(pieces, {}, key)) std::ranges::sort(pieces, {}, key);
}

void mark_failures(std::vector<Piece>& pieces, std::vector<FailedItem>& failed) {
    if (failed.empty()) return;
    std::ranges::sort(failed);
    failed.erase(std::unique(failed.begin(), failed.end()), failed.end());
    for (auto& piece : pieces) {
        const auto first = std::ranges::lower_bound(failed, FailedItem{piece.call, piece.first});
        const auto last = std::lower_bound(first, failed.end(), FailedItem{piece.call, piece.first + piece.count});
        piece.failed = static_cast<std::uint32_t>(last - first);
    }
}

// When the rank, whose pieces are sorted, had ended its last piece before that time.
Nanoseconds end_before(const std::vector<Piece>& pieces, const LostItem& item) {
    const auto behind = std::ranges::upper_bound(pieces, std::tuple(item.rank, item.time), {}, [](const Piece& piece) {
        return std::tuple(piece.rank, piece.start);
    });
    if (behind == pieces.begin() || std::prev(behind)->rank != item.rank)
        return std::numeric_limits<Nanoseconds>::min();
    return std::min(std::prev(behind)->end(), item.time);
}

// Of the items that a worker still had only the first one had begun. The others get no time.
void add_lost(Recording& recording, const std::vector<LostItem>& lost) {
    // As they were written: the one that had begun comes first.
    std::vector<std::size_t> order(lost.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {},
                      [&](std::size_t i) { return std::tuple(lost[i].rank, lost[i].time, lost[i].call, i); });
    std::vector<Piece> added;
    for (const auto place : order) {
        const auto& item = lost[place];
        if (!added.empty()) {
            auto& last = added.back();
            const bool same = last.call == item.call && last.rank == item.rank && last.end() == item.time;
            if (same && last.attempt == item.attempt && last.first + last.count == item.index) {
                ++last.count;
                continue;
            }
            if (last.rank == item.rank && last.end() == item.time) {
                added.push_back({.call = item.call,
                                 .rank = item.rank,
                                 .first = item.index,
                                 .start = item.time,
                                 .attempt = item.attempt,
                                 .lost = true});
                continue;
            }
        }
        auto begun = std::max(end_before(recording.pieces, item), recording.calls[item.call].begin);
        if (!added.empty() && added.back().rank == item.rank) begun = std::max(begun, added.back().end());
        const auto start = std::min(begun, item.time);
        added.push_back({.call = item.call,
                         .rank = item.rank,
                         .first = item.index,
                         .start = start,
                         .duration = item.time - start,
                         .attempt = item.attempt,
                         .lost = true});
    }
    recording.pieces.insert(recording.pieces.end(), added.begin(), added.end());
    sort_pieces(recording.pieces);
}

}  // namespace

void finish(Recording& recording, const std::vector<LostItem>& lost) {
    auto& pieces = recording.pieces;
    sort_pieces(pieces);
    mark_failures(pieces, recording.failed);
    if (!lost.empty()) add_lost(recording, lost);
    std::ranges::sort(recording.stretches, {}, [](const Stretch& stretch) {
        return std::tuple(stretch.rank, stretch.start, -stretch.duration, stretch.name);
    });
    std::size_t ranks = recording.ranks.size();
    if (!pieces.empty()) ranks = std::max<std::size_t>(ranks, pieces.back().rank + 1);
    if (!recording.stretches.empty()) ranks = std::max<std::size_t>(ranks, recording.stretches.back().rank + 1);
    recording.ranks.resize(ranks);
    auto& length = recording.length;
    length = std::max(length, recording.end.value_or(0));
    for (const auto& piece : pieces) length = std::max(length, piece.end());
    for (const auto& stretch : recording.stretches) length = std::max(length, stretch.end());
    for (const auto& call : recording.calls) length = std::max(length, call.ended ? call.end : call.begin);
    for (auto& call : recording.calls)
        if (!call.ended) call.end = length;
}

}  // namespace hecaton::launcher::report

#include <launcher/report/figures/segments.hpp>

#include <algorithm>

namespace hecaton::launcher::report {
namespace {

// Clocks of threads and hosts do not agree better than that: an overlap as small as this one is none.
constexpr Nanoseconds same_time = 2'000;

// Threads of one rank that run items at the same time, and regions inside of each other. More is damage, and is cut
// short.
constexpr std::size_t most_lanes = 16;

Segment segment_of(const Piece& piece) {
    return {.call = piece.call,
            .first = piece.first,
            .last = piece.first + std::max<std::uint64_t>(piece.count, 1) - 1,
            .items = piece.count,
            .failed = piece.failed,
            .attempt = piece.attempt,
            .lost = piece.lost,
            .start = piece.start,
            .end = piece.end(),
            .busy = piece.duration};
}

Segment segment_of(const Stretch& stretch) {
    return {.call = stretch.name,
            .items = 1,
            .start = stretch.start,
            .end = stretch.end(),
            .busy = stretch.duration,
            .bytes = stretch.bytes};
}

void take_in(Segment& segment, const Segment& next) {
    const bool same = segment.call == next.call;
    segment.call = same ? segment.call : Segment::mixed;
    segment.first = std::min(segment.first, next.first);
    segment.last = std::max(segment.last, next.last);
    segment.items += next.items;
    segment.failed += next.failed;
    segment.pieces += next.pieces;
    segment.attempt = std::max(segment.attempt, next.attempt);
    segment.end = next.end;
    segment.busy += next.busy;
    segment.bytes += next.bytes;
}

// Lays what overlaps into lanes of its own. The tracks of a rank are neighbours.
template <class Event>
std::vector<Track> lanes(const std::vector<Event>& events, const auto& wanted) {
    std::vector<Track> tracks;
    std::size_t first = 0;  // track of this rank
    for (const auto& event : events) {
        if (!wanted(event)) continue;
        if (tracks.empty() || tracks.back().rank != event.rank) {
            first = tracks.size();
            tracks.push_back({.rank = event.rank});
        }
        auto segment = segment_of(event);
        auto at = first;
        while (at < tracks.size() && !tracks[at].segments.empty() &&
               tracks[at].segments.back().end > segment.start + same_time)
            ++at;
        at = std::min(at, first + most_lanes - 1);
        if (at == tracks.size()) tracks.push_back({.rank = event.rank, .lane = static_cast<int>(at - first)});
        auto& segments = tracks[at].segments;
        if (!segments.empty()) segment.start = std::max(segment.start, segments.back().end);
        segment.end = std::max(segment.end, segment.start);
        segments.push_back(segment);
    }
    return tracks;
}

bool alike(const Segment& a, const Segment& b) { return a.call == b.call && a.lost == b.lost; }

// Merges neighbours as long as what comes of them is not longer than `width`.
template <class Put>
void merge(const std::vector<Segment>& segments, Nanoseconds width, bool unlike_too, Put&& put) {
    const Segment* begin = nullptr;
    Segment merged;
    for (const auto& next : segments) {
        const bool joins = begin && next.end - merged.start <= width && (unlike_too ? true : alike(merged, next));
        if (joins) {
            take_in(merged, next);
            continue;
        }
        if (begin) put(merged);
        begin = &next;
        merged = next;
    }
    if (begin) put(merged);
}

std::size_t count(const std::vector<Track>& tracks, Nanoseconds width, bool unlike_too) {
    std::size_t found = 0;
    for (const auto& track : tracks) merge(track.segments, width, unlike_too, [&](const Segment&) { ++found; });
    return found;
}

std::vector<Track> within(std::vector<Track> tracks, Nanoseconds length, std::size_t most) {
    std::size_t all = 0;
    for (const auto& track : tracks) all += track.segments.size();
    if (all <= most) return tracks;
    const auto parts =
        static_cast<Nanoseconds>(std::max<std::size_t>(1, most / std::max<std::size_t>(1, tracks.size())));
    Nanoseconds width = std::max<Nanoseconds>(1, length / parts / 8);
    bool unlike_too = false;
    while (count(tracks, width, unlike_too) > most && width <= length) {
        width += width / 2 + 1;
        unlike_too = width > length / 64;  // many calls, one after the other
    }
    for (auto& track : tracks) {
        std::vector<Segment> fewer;
        merge(track.segments, width, unlike_too, [&](const Segment& segment) { fewer.push_back(segment); });
        track.segments = std::move(fewer);
    }
    return tracks;
}

}  // namespace

std::vector<Track> tracks_of(const Recording& recording, std::size_t most) {
    return within(lanes(recording.pieces, [](const Piece&) { return true; }), recording.length, most);
}

std::vector<Track> tracks_of_stretches(const Recording& recording, bool regions, std::size_t most) {
    const auto wanted = [&](const Stretch& stretch) { return stretch.region == regions; };
    return within(lanes(recording.stretches, wanted), recording.length, most);
}

std::vector<Track> tracks_of_nodes(const Recording& recording, const std::vector<int>& node_of_rank, std::size_t most) {
    const auto nodes = static_cast<std::size_t>(std::ranges::max(node_of_rank)) + 1;
    std::vector<std::uint64_t> ranks(nodes);
    for (const int node : node_of_rank) ++ranks[static_cast<std::size_t>(node)];
    const auto parts = std::clamp<std::size_t>(most / nodes, 1, 1'000);
    const auto width = std::max<Nanoseconds>(1, recording.length / static_cast<Nanoseconds>(parts) + 1);
    std::vector<std::vector<Segment>> cells(nodes, std::vector<Segment>(parts));
    for (const auto& piece : recording.pieces) {
        auto& of_node = cells[static_cast<std::size_t>(node_of_rank[piece.rank])];
        const auto first = std::max<Nanoseconds>(0, piece.start / width);
        for (auto part = first; part <= piece.end() / width && part < static_cast<Nanoseconds>(parts); ++part) {
            auto& cell = of_node[static_cast<std::size_t>(part)];
            const auto from = std::max(piece.start, part * width);
            auto next = segment_of(piece);
            next.busy = std::min(piece.end(), (part + 1) * width) - from;
            if (part > first) next.items = next.failed = 0;  // it is counted where it began
            if (cell.busy == 0 && cell.items == 0) {
                cell = next;
            } else {
                cell.lost = cell.lost || next.lost;
                take_in(cell, next);
            }
        }
    }
    std::vector<Track> tracks(nodes);
    for (std::size_t node = 0; node < nodes; ++node) {
        tracks[node].rank = static_cast<std::uint32_t>(node);
        for (std::size_t part = 0; part < parts; ++part) {
            auto& cell = cells[node][part];
            if (cell.busy == 0 && cell.items == 0) continue;
            cell.start = static_cast<Nanoseconds>(part) * width;
            cell.end = cell.start + width;
            cell.busy /= static_cast<Nanoseconds>(std::max<std::uint64_t>(1, ranks[node]));
            tracks[node].segments.push_back(cell);
        }
    }
    return tracks;
}

}  // namespace hecaton::launcher::report

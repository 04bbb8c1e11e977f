#include <algorithm>
#include <hecaton/pool/root/departures.hpp>

namespace hecaton::detail {
namespace {

// What a rank has sent before its death lies in memory or in sockets, and is there within a few polls.
constexpr double quiet = 0.02;  // seconds
constexpr int quiet_looks = 10;

}  // namespace

void Departures::look(double now) {
    for (Leaving& one : leaving_) ++one.looks;
    const RankNotes* const notes = rank_notes();
    if (notes == nullptr || notes->lost_ranks.load(std::memory_order_acquire) == seen_) return;
    for (const std::uint32_t there = notes->lost_ranks.load(std::memory_order_acquire); seen_ < there; ++seen_) {
        LostRank lost = notes->lost[seen_];
        const auto rank = std::ranges::find(world_, lost.rank);
        if (rank == world_.end()) continue;
        lost.rank = static_cast<int>(rank - world_.begin());
        const int worker = lines_.worker_of(lost.rank);
        if (worker >= 0) leaving_.push_back({.departure = {worker, lost}, .quiet_since = now});
    }
}

void Departures::heard(int worker, double now) noexcept {
    for (Leaving& one : leaving_)
        if (one.departure.worker == worker) {
            one.quiet_since = now;
            one.looks = 0;
        }
}

std::optional<Departures::Departure> Departures::next(double now) {
    const auto over = std::ranges::find_if(
        leaving_, [now](const Leaving& one) { return now - one.quiet_since >= quiet && one.looks >= quiet_looks; });
    if (over == leaving_.end()) return std::nullopt;
    const Departure departure = over->departure;
    leaving_.erase(over);
    return departure;
}

}  // namespace hecaton::detail

#include <launcher/report/figures/factors.hpp>

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace hecaton::launcher::report {
namespace {

constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

// Calls that overlap, by their begin.
std::vector<Phase> groups_of_calls(const Recording& recording) {
    std::vector<std::uint32_t> order(recording.calls.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, {}, [&](std::uint32_t i) { return std::pair(recording.calls[i].begin, i); });
    std::vector<Phase> found;
    for (const auto i : order) {
        const auto& call = recording.calls[i];
        if (ran_by_caller(call)) continue;
        if (found.empty() || call.begin >= found.back().end) found.push_back({.begin = call.begin, .end = call.end});
        found.back().calls.push_back(i);
        found.back().end = std::max(found.back().end, call.end);
    }
    return found;
}

// Adds up what the ranks did in each phase, one rank after the other.
class ComputingOfPhases {
  public:
    ComputingOfPhases(const Recording& recording, std::vector<Phase>& phases)
        : phases_(phases),
          of_call_(recording.calls.size(), none),
          busy_(phases.size()),
          since_(phases.size()),
          until_(phases.size()),
          begun_(phases.size()),
          ranks_(phases.size(), none) {
        for (std::uint32_t p = 0; p < phases.size(); ++p)
            for (const auto call : phases[p].calls) of_call_[call] = p;
    }

    void add(const Piece& piece) {
        const auto p = of_call_[piece.call];
        if (p == none) return;
        auto& phase = phases_[p];
        phase.first_start = begun_[p] ? std::min(phase.first_start, piece.start) : piece.start;
        phase.last_end = begun_[p] ? std::max(phase.last_end, piece.end()) : piece.end();
        begun_[p] = true;
        if (piece.lost) return;
        // Two threads of the root may compute at the same time; it counts as one rank.
        const bool fresh = std::exchange(ranks_[p], piece.rank) != piece.rank;
        if (fresh) touched_.push_back(p);
        const auto from = fresh ? piece.start : std::max(piece.start, until_[p]);
        if (fresh) busy_[p] = 0, since_[p] = piece.start;
        if (piece.end() > from) busy_[p] += static_cast<double>(piece.end() - from);
        until_[p] = fresh ? piece.end() : std::max(until_[p], piece.end());
    }

    void end_of_rank() {
        for (const auto p : touched_) {
            phases_[p].shares.computing += busy_[p];  // sums, so far
            phases_[p].shares.active += static_cast<double>(until_[p] - since_[p]);
        }
        touched_.clear();
    }

    bool begun(std::size_t phase) const { return begun_[phase]; }

  private:
    std::vector<Phase>& phases_;
    std::vector<std::uint32_t> of_call_;
    std::vector<double> busy_;
    std::vector<Nanoseconds> since_;  // of the rank, its first item
    std::vector<Nanoseconds> until_;
    std::vector<bool> begun_;
    std::vector<std::uint32_t> ranks_;  // that has pieces there, the last one
    std::vector<std::uint32_t> touched_;
};

}  // namespace

Shares& Shares::operator+=(const Shares& other) {
    computing += other.computing;
    active += other.active;
    span += other.span;
    wall += other.wall;
    return *this;
}

int workers_of(const Recording& recording) {
    const auto ranks = static_cast<int>(recording.ranks.size());
    const bool root_runs = !recording.pieces.empty() && recording.pieces.front().rank == 0;
    return std::max(1, root_runs || recording.pieces.empty() ? ranks : ranks - 1);
}

bool ran_by_caller(const Call& call) { return call.ended && call.by_caller > 0 && call.by_caller >= call.items; }

std::vector<Phase> phases_of(const Recording& recording) {
    auto phases = groups_of_calls(recording);
    ComputingOfPhases computing(recording, phases);
    std::uint32_t rank = 0;
    for (const auto& piece : recording.pieces) {
        if (piece.rank != rank) computing.end_of_rank();
        rank = piece.rank;
        computing.add(piece);
    }
    computing.end_of_rank();
    std::vector<Phase> found;
    for (std::size_t p = 0; p < phases.size(); ++p) {
        if (!computing.begun(p)) continue;
        auto& phase = phases[p];
        phase.begin = std::min(phase.begin, phase.first_start);
        phase.end = std::max(phase.end, phase.last_end);
        phase.shares.computing /= workers_of(recording);
        phase.shares.active /= workers_of(recording);
        phase.shares.span = static_cast<double>(phase.last_end - phase.first_start);
        phase.shares.wall = static_cast<double>(phase.end - phase.begin);
        found.push_back(std::move(phase));
    }
    return found;
}

std::optional<Shares> sum_of(const std::vector<Phase>& phases) {
    if (phases.empty()) return std::nullopt;
    Shares sum;
    for (const auto& phase : phases) sum += phase.shares;
    return sum;
}

}  // namespace hecaton::launcher::report

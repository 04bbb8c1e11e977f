#include <launcher/report/figures/model.hpp>

#include <algorithm>
#include <cmath>

namespace hecaton::launcher::report {
namespace {

constexpr std::size_t most_slow = 10;

double mean_time(const Piece& piece) {
    return static_cast<double>(piece.duration) / static_cast<double>(std::max<std::uint64_t>(piece.count, 1));
}

// The slowest pieces so far, the slowest first.
void keep_slowest(std::vector<Piece>& slowest, const Piece& piece) {
    const double time = mean_time(piece);
    if (slowest.size() == most_slow && time <= mean_time(slowest.back())) return;
    const auto place = std::ranges::find_if(slowest, [&](const Piece& other) { return mean_time(other) < time; });
    slowest.insert(place, piece);
    if (slowest.size() > most_slow) slowest.pop_back();
}

// How many ranks compute in each part of the time.
class BusyRanks {
  public:
    BusyRanks(std::size_t parts, Nanoseconds length)
        : busy_(parts), width_(static_cast<double>(std::max<Nanoseconds>(length, 1)) / static_cast<double>(parts)) {}

    void add(Nanoseconds from, Nanoseconds to) {
        const double begin = std::max(0.0, static_cast<double>(from) / width_);
        const double end = std::min(static_cast<double>(to) / width_, static_cast<double>(busy_.size()));
        for (auto i = static_cast<std::size_t>(begin); i < busy_.size() && static_cast<double>(i) < end; ++i)
            busy_[i] += std::min(end, static_cast<double>(i + 1)) - std::max(begin, static_cast<double>(i));
    }
    std::vector<double> take() { return std::move(busy_); }

  private:
    std::vector<double> busy_;
    double width_;
};

void add_pieces(const Recording& recording, std::size_t parts, Model& model) {
    BusyRanks busy(parts, recording.length);
    Nanoseconds until = 0;
    std::uint32_t rank = 0;
    for (const auto& piece : recording.pieces) {
        auto& of_call = model.calls[piece.call];
        auto& of_rank = model.ranks[piece.rank];
        if (piece.lost) {
            of_call.lost += piece.count;
            of_rank.lost += piece.count;
            continue;
        }
        of_call.items += piece.count;
        of_rank.items += piece.count;
        of_call.failed += piece.failed;
        of_rank.failed += piece.failed;
        of_call.computing += piece.duration;
        // Two threads of the root may compute at the same time; it counts as one rank.
        const auto from = piece.rank == rank ? std::max(piece.start, until) : piece.start;
        if (piece.end() > from) {
            busy.add(from, piece.end());
            of_rank.busy += piece.end() - from;
        }
        until = piece.rank == rank ? std::max(until, piece.end()) : piece.end();
        rank = piece.rank;
        model.times.of_call[piece.call][Histogram::bin(mean_time(piece))] += piece.count;
        keep_slowest(model.slowest, piece);
    }
    model.busy = busy.take();
}

}  // namespace

std::size_t Histogram::bin(double nanoseconds) {
    if (!(nanoseconds >= 1)) return 0;
    const double place = std::floor(std::log10(nanoseconds) * static_cast<double>(bins_of_decade) + 1e-9);
    return std::min(static_cast<std::size_t>(place), bins - 1);
}

Model model_of(const Recording& recording, std::size_t parts) {
    Model model;
    model.workers = workers_of(recording);
    model.calls.resize(recording.calls.size());
    model.ranks.resize(recording.ranks.size());
    add_pieces(recording, parts, model);
    for (std::size_t i = 0; i < recording.calls.size(); ++i) {
        const auto& call = recording.calls[i];
        auto& figures = model.calls[i];
        figures.wall = call.end - call.begin;
        figures.failed = std::max(figures.failed, call.failed);
    }
    model.phases = phases_of(recording);
    model.shares = sum_of(model.phases);
    for (std::size_t p = 0; p < model.phases.size(); ++p) {
        const auto& phase = model.phases[p];
        if (phase.calls.size() == 1) model.calls[phase.calls[0]].shares = phase.shares;
        if (!model.worst || phase.idle(model.workers) > model.phases[*model.worst].idle(model.workers)) model.worst = p;
    }
    if (model.worst) model.tail = tail_of(recording, model.phases[*model.worst]);
    return model;
}

}  // namespace hecaton::launcher::report

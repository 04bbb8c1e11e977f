#include <cstring>
#include <hecaton/pool/traffic/recorded_traffic.hpp>
#include <hecaton/recording/process.hpp>
#include <hecaton/recording/switch.hpp>
#include <string>

namespace hecaton::detail {
namespace {

// The bytes of a message, which may lie anywhere.
template <class Event>
std::vector<Event> events(wire::RecordReader& records, std::uint64_t count) {
    const auto bytes = records.bytes(count * sizeof(Event));
    std::vector<Event> all(count);
    if (count != 0) std::memcpy(all.data(), bytes.data(), bytes.size());
    return all;
}

}  // namespace

void RecordedTraffic::begin(Job& job, scheduling::JobId id) {
    if (ranks_ == nullptr || !recording::on()) return;
    if (job.recorded() == nullptr) job.record(ranks_, recording::time_now());
    calls_[id] = job.recorded();
}

void RecordedTraffic::complete(scheduling::JobId id) {
    if (!calls_.contains(id)) return;
    complete_.push_back(id);
    if (complete_.size() <= kept) return;
    calls_.erase(complete_.front());
    complete_.pop_front();
}

void RecordedTraffic::take(int rank, const wire::Recorded& record, wire::RecordReader& records) {
    const auto pieces = events<recording::Piece>(records, record.pieces);
    const auto stretches = events<recording::Stretch>(records, record.stretches);
    if (ranks_ == nullptr || !recording::on()) return;
    for (std::size_t i = 0; i < pieces.size();) {
        std::size_t end = i + 1;
        while (end < pieces.size() && pieces[end].job == pieces[i].job) ++end;
        const auto call = calls_.find(pieces[i].job);
        if (call != calls_.end()) call->second->ran(rank, std::span(pieces).subspan(i, end - i));
        i = end;
    }
    const int in_world = ranks_->in_world(rank);
    if (!stretches.empty() || record.dropped != 0) {
        std::string lines;
        recording::append_noted(lines, in_world, {.stretches = stretches, .dropped = record.dropped});
        recording::add(lines);
    }
    if (record.with_usage != 0) recording::note_usage(in_world, record.usage);
}

void RecordedTraffic::lost(int rank, const LostRank& how, const std::optional<scheduling::Chunk>& running,
                           std::string_view why) {
    if (ranks_ == nullptr || !recording::on()) return;
    recording::note_lost_rank(*ranks_, rank, why);
    if (!running || how.doing == LostRank::Doing::no_item) return;
    const auto call = calls_.find(running->job);
    if (call == calls_.end()) return;
    call->second->lost(rank, how.doing == LostRank::Doing::item ? how.index : running->first, running->attempt);
}

}  // namespace hecaton::detail

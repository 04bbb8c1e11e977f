// RecordedTraffic: what the root of a pool says to the recording of its calls and its workers.
#pragma once

#include <cstdint>
#include <deque>
#include <hecaton/foundation/rank_notes.hpp>
#include <hecaton/pool/calls/job.hpp>
#include <hecaton/pool/worker/wire.hpp>
#include <hecaton/recording/calls.hpp>
#include <hecaton/scheduling/dispatcher.hpp>
#include <memory>
#include <string_view>
#include <unordered_map>

namespace hecaton::detail {

/// Belongs to the thread that drives. Ranks are those of the pool.
class RecordedTraffic {
  public:
    /// Null: nothing is recorded.
    explicit RecordedTraffic(std::shared_ptr<const recording::PoolRanks> ranks) : ranks_(std::move(ranks)) {}

    /// The job begins.
    void begin(Job& job, scheduling::JobId id);
    /// It is over; its workers may still say what they have run.
    void complete(scheduling::JobId id);
    /// What a worker sends; `records` is behind the record.
    void take(int rank, const wire::Recorded& record, wire::RecordReader& records);
    /// A worker has died, which held `running`, its oldest chunk.
    void lost(int rank, const LostRank& how, const std::optional<scheduling::Chunk>& running, std::string_view why);

  private:
    static constexpr std::size_t kept = 1'000;

    std::shared_ptr<const recording::PoolRanks> ranks_;
    std::unordered_map<scheduling::JobId, std::shared_ptr<const recording::RecordedCall>> calls_;
    std::deque<scheduling::JobId> complete_;  // of them, oldest first
};

}  // namespace hecaton::detail

// WorkerTable: the dispatcher's workers, the chunks that they hold, and which of them could do with more.
#pragma once

#include <hecaton/scheduling/records.hpp>
#include <vector>

namespace hecaton::detail::scheduling {

class WorkerTable {
  public:
    explicit WorkerTable(const SizingOptions& sizing) : options(sizing) {}

    Place add();
    /// The worker is gone; its chunks stay until they are detached.
    void lose(Place worker);
    /// It is there again; it holds nothing.
    void revive(Place worker);
    bool has(int worker) const noexcept { return worker >= 0 && static_cast<std::size_t>(worker) < records_.size(); }
    WorkerRecord& operator[](Place worker) noexcept { return records_[worker]; }
    const WorkerRecord& operator[](Place worker) const noexcept { return records_[worker]; }
    std::vector<WorkerRecord>& records() noexcept { return records_; }

    /// The worker gets a chunk of that job. Returns its place.
    Place hold(Place worker, Place job, const Chunk& chunk, double estimate, bool blind, Seconds now);
    /// The chunk leaves its worker and its job, which both may get new work afterwards.
    void detach(Place chunk, JobRecord& job, Seconds now);
    /// The worker keeps the chunk, without its first `done` and its last `back` items.
    void shorten(Place chunk, std::uint64_t done, std::uint64_t back, Seconds now);
    /// News of a chunk has come, of which `seconds` were computed: says how long messages travel, if nothing else can
    /// have kept it.
    void heard_of(Place chunk, double seconds, Seconds now);
    /// Seconds of work that the worker should hold, so that it never waits for a round trip.
    double ahead_of(const WorkerRecord& worker) const noexcept { return ahead + 2 * worker.travel; }
    /// Puts the worker at the end of the line for such a turn.
    void queue(Place worker, WorkerRecord::Turn turn);
    void leave_turn(Place worker) {
        if (records_[worker].turn != WorkerRecord::Turn::none) queue(worker, WorkerRecord::Turn::none);
    }

    Slab<HeldChunk> chunks;
    List<&WorkerRecord::turn_link> idle;  ///< workers without a chunk, longest idle first
    List<&WorkerRecord::turn_link> few;   ///< workers that would take more than there was for them
    int idle_count = 0;
    int alive = 0;
    const SizingOptions options;
    // The options, for as many workers as there are:
    std::uint64_t most_chunks = 0;  ///< that a worker holds
    double ahead = 0;
    double shortest = 0;
    double patience = 0;  ///< with the longest travel

  private:
    void count(int change);

    std::vector<WorkerRecord> records_;
    double longest_travel_ = 0;
};

}  // namespace hecaton::detail::scheduling

// ChunkQueue: the chunks, and runs of chunks, that a worker holds and has not begun.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <hecaton/pool/worker/opened_jobs.hpp>
#include <hecaton/scheduling/chunk.hpp>
#include <hecaton/tasks/runner.hpp>
#include <hecaton/transport/endpoint.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace hecaton::detail {

/// A chunk, or a run of chunks, as a worker holds it.
struct QueuedChunk {
    scheduling::Chunk chunk;
    std::byte* results = nullptr;  // where an array of results goes; null: they are sent
    std::span<const std::byte> items;
    bool items_lost = false;                 // there was no memory to receive them
    std::shared_ptr<const Message> message;  // keeps the items
    std::shared_ptr<OpenedJob> job;
    std::optional<ItemIsolation> isolation = {};  // empty: it runs in the worker's own process

    ChunkInput input() const {
        return {.items = items,
                .first = chunk.first,
                .count = chunk.count,
                .attempt = chunk.attempt,
                .seed = job->seed,
                .call = &job->call};
    }
};

/// First in, first out. The working thread takes a run and claims its chunks one by one without the lock, so that tiny
/// chunks cost little; what it has not claimed can still be taken back.
class ChunkQueue {
  public:
    /// Appends `chunks` and leaves them empty. One thread at a time.
    void push(std::vector<QueuedChunk>& chunks);
    /// Whether there is no run to take. Any thread.
    bool empty() const;
    /// Moves the next run to `run`, none of which is claimed yet; false when there is none. The working thread only.
    bool take(QueuedChunk& run);
    /// Claims the next chunk of the run that was taken last. Returns its number of items; 0: nothing is left of the
    /// run. The working thread only.
    std::uint64_t claim();
    /// The same for all chunks that are left of the run.
    std::uint64_t claim_rest();
    /// Removes all that was not claimed, in order. Any thread.
    std::vector<scheduling::Chunk> take_back();
    /// Forgets all that was not claimed. Any thread; when it returns, what was claimed shows in the worker's Activity.
    void drop_all() noexcept;

  private:
    mutable std::mutex mutex_;
    std::deque<QueuedChunk> queue_;
    scheduling::Chunk run_;                  // the one that was taken last
    std::atomic<std::uint64_t> claimed_{0};  // items of it; more than it has once nothing is left
};

}  // namespace hecaton::detail

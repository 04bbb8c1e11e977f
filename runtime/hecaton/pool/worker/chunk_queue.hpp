// ChunkQueue: the chunks, and runs of chunks, that a worker holds and has not finished.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <hecaton/pool/worker/wire.hpp>
#include <hecaton/tasks/runner.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <hecaton/transport/endpoint.hpp>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace hecaton::detail {

/// A job as a worker knows it.
struct OpenedJob {
    std::uint32_t task = 0;
    bool with_times = false;
    std::uint64_t seed = 0;
    bool isolated = false;
    std::uint32_t attempts = 1;  // runs of an isolated item
    double timeout = 0;          // of an isolated item, seconds; 0: none
    CallContext call;
    Buffer closure;
    std::unique_ptr<Runner> runner;  // made by the working thread when its first chunk comes
    std::unique_ptr<TimedPace> pace;
};

struct QueuedChunk {  // or a run of chunks
    wire::RunChunk record{};
    std::span<const std::byte> items;
    std::shared_ptr<const Message> message;  // keeps the items
    std::shared_ptr<OpenedJob> job;
};

/// First in, first out. The working thread takes a run and claims its chunks one by one without the lock, so that tiny
/// chunks cost little; what it has not claimed can still be taken back.
class ChunkQueue {
  public:
    /// Appends `chunks` and leaves them empty. One thread at a time.
    void push(std::vector<QueuedChunk>& chunks);
    /// Moves the next run to `run`, none of which is claimed yet; false when there is none. The working thread only.
    bool take(QueuedChunk& run);
    /// How many items the next chunk of the run has that was taken last; 0: nothing is left of it. The working thread
    /// only.
    std::uint64_t claim();
    /// The same for all chunks that are left of it.
    std::uint64_t claim_rest();
    /// Removes all that was not claimed, in order. Any thread.
    std::vector<wire::RunChunk> take_back();

  private:
    std::mutex mutex_;
    std::deque<QueuedChunk> queue_;
    wire::RunChunk run_{};                   // the one that was taken last
    std::atomic<std::uint64_t> claimed_{0};  // items of it; more than it has once nothing is left
};

}  // namespace hecaton::detail

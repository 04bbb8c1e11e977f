// ChunkQueue: the chunks that a worker holds and has not started.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <hecaton/pool/wire.hpp>
#include <hecaton/tasks/runner.hpp>
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
    Buffer closure;
    std::unique_ptr<Runner> runner;  // made by the working thread when its first chunk comes
    std::unique_ptr<Pace> pace;
};

struct QueuedChunk {
    wire::RunChunk record{};
    std::span<const std::byte> items;
    std::shared_ptr<const Message> message;  // keeps the items
    std::shared_ptr<OpenedJob> job;
};

/// First in, first out. The working thread moves chunks to a batch of its own and claims them one by one without the
/// lock, so that tiny chunks cost little; what it has not claimed can still be taken back.
class ChunkQueue {
  public:
    /// Appends `chunks` and leaves them empty. One thread at a time.
    void push(std::vector<QueuedChunk>& chunks);
    /// Moves the next chunk to `chunk`; false when there is none. The working thread only.
    bool take(QueuedChunk& chunk);
    /// Removes all that take() has not given out, in order. Any thread.
    std::vector<wire::RunChunk> take_back();

  private:
    static constexpr std::size_t batch_size = 64;

    std::mutex mutex_;
    std::deque<QueuedChunk> queue_;
    std::vector<QueuedChunk> batch_;
    std::atomic<std::size_t> next_{0};  // in batch_; past its end when nothing is left of it
};

}  // namespace hecaton::detail

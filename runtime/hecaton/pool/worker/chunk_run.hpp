// ChunkRun: a run of chunks that a worker has taken from its queue: how it is run, and how its results are handed over.
#pragma once

#include <cstdint>
#include <hecaton/foundation/compute_clock.hpp>
#include <hecaton/pool/worker/activity.hpp>
#include <hecaton/pool/worker/chunk_queue.hpp>
#include <hecaton/pool/worker/connection.hpp>
#include <hecaton/pool/worker/output.hpp>
#include <hecaton/recording/pieces.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <hecaton/tasks/runner.hpp>
#include <optional>

namespace hecaton::detail {

class Isolation;

/// Exchanges messages between two chunks, unless the last exchange was a moment ago.
class PacedConnection {
  public:
    explicit PacedConnection(Connection& connection) : connection_(connection) {}
    bool due(std::int64_t now) const noexcept { return now - exchanged_ > exchange_every; }
    /// Returns whether anything came. Sets `now` to the time behind it.
    bool exchange(std::int64_t& now) {
        const bool came = connection_.exchange();
        exchanged_ = now = steady_ns();
        return came;
    }

    bool exchange_now() { return connection_.exchange(); }
    void sleep(Backoff& backoff) {
        connection_.falls_asleep();
        backoff.sleep(connection_.longest_sleep());
    }

  private:
    static constexpr std::int64_t exchange_every = 20'000;  // ns

    Connection& connection_;
    std::int64_t exchanged_ = 0;  // when it last was
};

/// What the runs of a worker have in common, on the working thread.
struct RunContext {
    ChunkQueue& queue;
    WorkerOutput& output;
    Activity& activity;
    PacedConnection connection;
    ComputeClock clock;
    ChunkOutput results;               // kept from run to run for its memory
    recording::PieceList pieces = {};  // of the run, as far as they are recorded and not handed over
};

class ChunkRun final : private Pace {
  public:
    /// `chunk` was taken last from the queue, and begins at `now`.
    ChunkRun(RunContext& context, QueuedChunk&& chunk, std::int64_t now);
    /// Runs its chunks on this thread, one after the other. What each of them gave is handed over before the next one
    /// begins, which may take long.
    void compute();
    /// Runs them together in a sandbox. Returns the error of the pool's initializer when that failed; then nothing of
    /// the run was run.
    std::optional<ErrorRecord> compute_in(Isolation& isolation);
    /// Hands over what is left, and gives back what was not run. Returns the time.
    std::int64_t end();

  private:
    std::uint64_t next(std::uint64_t left) override;
    bool next_chunk();
    void note_stride(std::int64_t now) noexcept;
    void fail_items();
    void hand_over(std::uint64_t end, std::uint64_t back, std::int64_t now);

    RunContext& context_;
    const QueuedChunk chunk_;
    TimedPace* pace_ = nullptr;  // of its job, while it computes
    // Items of it, from its first one on:
    std::uint64_t claimed_ = 0;  // in chunks that were begun
    std::uint64_t let_go_ = 0;   // that the runner was told to run
    std::uint64_t handed_over_ = 0;
    std::int64_t begun_;             // when the items began that are not handed over
    std::uint64_t noted_ = 0;        // so many are in pieces
    std::int64_t stride_begun_ = 0;  // when the first one began that is not
    ItemResults layout_;
};

}  // namespace hecaton::detail

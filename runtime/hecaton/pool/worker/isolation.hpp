// Isolation: how a worker runs chunks in sandboxes, so that an item that crashes or takes too long costs itself
// only.
#pragma once

#include <atomic>
#include <functional>
#include <hecaton/pool/worker/chunk_queue.hpp>
#include <hecaton/survival/sandbox.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace hecaton::detail {

class IsolatedChunk;

/// Throws UsageError where no sandbox can be made for a pool with that initializer: there is no zygote, or the
/// initializer cannot get there.
void require_sandboxes(const std::function<void()>& initializer);

/// Whether one can be made.
bool can_isolate(const std::function<void()>& initializer);

/// Keeps a worker's sandbox: it is made for the first chunk, kept for later ones, and replaced when it has died.
class Isolation {
  public:
    explicit Isolation(const std::function<void()>& initializer) : initializer_(initializer) {}

    /// Runs the chunk, or less of it when `stop` is set, or its job is abandoned (an item that runs is then killed):
    /// each item once, those that kill their sandbox up to the job's
    /// attempts. `pieces` gets what the recording says of them. Returns the error of the pool's initializer when that
    /// failed; then there are no results. Throws errors that concern no single item. On the worker's thread.
    std::optional<ErrorRecord> run(const QueuedChunk& chunk, ChunkOutput& results, recording::PieceList& pieces,
                                   const std::atomic<bool>& stop);
    /// Makes run() look at both. Any thread.
    void wake() noexcept { alarm_.ring(); }

  private:
    void start();
    std::optional<ErrorRecord> await_initializer(const OpenedJob& job);
    void tell_shared(std::uint64_t id);
    void drop_shared();
    void tell_job(const QueuedChunk& chunk);
    bool run_in_sandbox(IsolatedChunk& chunk, const std::atomic<bool>& stop);

    const std::function<void()>& initializer_;
    SandboxAlarm alarm_;
    std::unique_ptr<Sandbox> sandbox_;
    bool ready_ = false;   // its initializer has returned
    bool proven_ = false;  // it has begun a chunk, so its death before the next one is not that chunk's fault
    std::vector<std::pair<std::uint64_t, std::weak_ptr<OpenedJob>>> known_;  // jobs that it was told of
    std::vector<std::uint64_t> shared_;                                      // shared values that it was told of
};

}  // namespace hecaton::detail

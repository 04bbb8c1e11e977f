// BlockingCalls: how a call is run that its caller waits for.
//
// The thread that calls computes itself: all of a call that is cheaper than waking anybody, else the beginning.
//
//   the cost of its items is known     it runs them, if that is quicker than to share them; as soon as the guess proves
//   from earlier calls                 wrong, the pool gets the rest. Else the pool gets all.
//   it has one item                    the thread runs it
//   nothing is known                   the thread begins at once. The pool gets the rest as soon as it pays, or after
//                                      a moment, by the watchdog, when an item is long.
//
// Calls that ask for more than results (a journal, sandboxes, progress, an early end) are the pool's from the start,
// and so is everything while the root's own worker computes, or another caller.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <hecaton/pool/caller/caller_log.hpp>
#include <hecaton/pool/caller/item_costs.hpp>
#include <hecaton/pool/caller/share_or_not.hpp>
#include <hecaton/pool/caller/waking_cost.hpp>
#include <hecaton/pool/caller/watchdog.hpp>
#include <hecaton/pool/calls/job.hpp>
#include <hecaton/pool/root/driver.hpp>
#include <hecaton/pool/worker/compute_gate.hpp>
#include <hecaton/recording/switch.hpp>
#include <memory>
#include <optional>
#include <span>

namespace hecaton::detail {

class CallerRun;

/// What callers do themselves, for tests.
enum class CallersPart : std::uint8_t { as_pays, nothing, everything, everything_small };
extern std::atomic<CallersPart> callers_part;

class BlockingCalls {
  public:
    struct Setup {
        WorkerContext root;
        std::uint64_t seed = 0;
        bool watchdog = false;  ///< a thread of ours may take steps
        int idle_cores = 0;     ///< that this process may use while the other ranks are idle
        /// The ranks for the recording; null: there is none.
        std::shared_ptr<const recording::PoolRanks> recorded = {};
    };
    /// `gate` is null where callers must leave everything to the pool.
    BlockingCalls(std::shared_ptr<Driver> driver, ComputeGate* gate, const Setup& setup)
        : driver_(std::move(driver)), gate_(gate), setup_(setup), log_(setup.recorded, setup.root.rank) {}

    /// Returns when the job is complete. Throws what Driver::submit() throws. Any thread.
    Report run(const std::shared_ptr<Job>& job);

    const Setup& setup() const noexcept { return setup_; }
    // ---- for SmallCall ----
    /// Longest work that is guessed for a small call, in seconds.
    static constexpr double longest_small = ShareOrNot::waking;
    /// How long it is guessed to take; nothing when it must not be made so. leave_small() has to follow.
    std::optional<double> enter_small(const CostKey& key, std::uint64_t items, const MapOptions& options) noexcept;
    void leave_small() noexcept { gate_->leave(); }
    Report report_of_small(const CostKey& key, std::uint64_t items, std::uint64_t failed, const MapOptions& options,
                           double seconds);
    /// For the recording; `pieces` are those of all its items, and `errors` what they ended with.
    void note_small(const CostKey& key, const char* kind, const Report& report,
                    std::span<const recording::Piece> pieces, std::span<const ErrorRecord> errors) noexcept;
    /// What callers have run themselves, for the recording.
    CallerLog& log() noexcept { return log_; }
    /// Waits for the rest of a job, of which `done` items took so many seconds.
    Report share_rest_of_small(const std::shared_ptr<Job>& job, std::uint64_t done, double seconds,
                               std::chrono::steady_clock::time_point begun, std::span<const recording::Piece> pieces);

  private:
    bool may_begin(const MapOptions& options) const noexcept;
    bool begin(const std::shared_ptr<Job>& job);
    void learn_waking(const Report& report) noexcept;
    bool enter_gate(bool brief) noexcept;
    bool share_rest(const std::shared_ptr<Job>& job, CallerRun& run, std::exception_ptr& problem) noexcept;
    void finish(Job& job, CallerRun& run);
    bool recorded() const noexcept { return setup_.recorded != nullptr && recording::on(); }

    const std::shared_ptr<Driver> driver_;
    ComputeGate* const gate_;
    const Setup setup_;
    ItemCosts costs_;
    WakingCost waking_;
    Watchdog watchdog_;
    CallerLog log_;
};

}  // namespace hecaton::detail

// CallerRun: a call's items, run by the thread that calls, until it pays to share the rest.
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <hecaton/pool/caller/share_or_not.hpp>
#include <hecaton/pool/calls/job.hpp>
#include <hecaton/recording/pieces.hpp>
#include <hecaton/tasks/runner.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <mutex>
#include <optional>
#include <span>

namespace hecaton::detail {

class CallerRun final : private Pace {
  public:
    struct Setup {
        WorkerContext root;      ///< what this_worker tells the items
        std::uint64_t seed = 0;  ///< of the random numbers in them
        ShareOrNot sharing;
        double cost = -1;      ///< seconds an item, as far as known; below 0: nothing is known
        bool watched = false;  ///< take_rest() may be called
        bool whole = false;    ///< never share
    };
    CallerRun(Job& job, const Setup& setup);

    /// Runs items from the first one on: all, or those before it paid to share, or those before take_rest(). Throws
    /// nothing.
    void compute() noexcept;
    /// How many those were.
    std::uint64_t begun_items() const noexcept { return begun_items_; }
    /// While it computes, by another thread: where it pays to share what it has not begun, it begins no more. Returns
    /// the first of those items; nothing when there is none, 0 when it does not pay yet.
    std::optional<std::uint64_t> take_rest() noexcept;
    /// The rest was taken. After compute().
    bool rest_taken() const noexcept { return taken_; }
    /// Gives the job what it has not got yet. Where take_rest() has given items away, once the job is complete.
    void deliver() noexcept;
    /// What the call fails with: there was no memory for its results; else null. After deliver().
    const std::exception_ptr& error() const noexcept { return error_; }

    /// How long compute() took, without what it waited for a core.
    double seconds() const noexcept { return seconds_; }
    /// What the recording says of these items. When it began, by steady_ns().
    std::span<const recording::Piece> pieces() const noexcept { return pieces_.pieces(); }
    std::int64_t begun_at() const noexcept {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(begun_.time_since_epoch()).count();
    }
    double waited() const noexcept { return waited_; }
    /// Since it was made.
    double since_begin() const noexcept { return since(begun_); }

  private:
    using Clock = std::chrono::steady_clock;

    static double since(Clock::time_point time) noexcept {
        return std::chrono::duration<double>(Clock::now() - time).count();
    }
    std::uint64_t next(std::uint64_t left) override;
    std::uint64_t claim(std::uint64_t most);
    void run_items();
    void run_piece(Runner& runner, std::uint64_t count);
    void note_stride() noexcept;
    bool accept();
    bool accept_now();
    bool worth_sharing(std::uint64_t begun, double elapsed) const noexcept;

    Job& job_;
    const Setup setup_;
    const Clock::time_point begun_ = Clock::now();
    const CallContext call_;
    double seconds_ = 0;
    double waited_ = 0;

    std::uint64_t piece_ = 0;  // the first item whose result the job has not got
    Buffer items_;
    ChunkOutput output_;  // of the items from piece_ on
    std::uint64_t stride_ = 1;
    Clock::time_point first_begun_;  // when the first item began
    double asked_ = 0;               // when the clock was last looked at, since then
    recording::PieceList pieces_;
    std::uint64_t noted_ = 0;         // items in them
    std::int64_t stride_begun_ = -1;  // when the first item began that is not; below 0: it has not begun
    std::exception_ptr error_;

    std::mutex mutex_;                    // guards what follows while it is watched
    std::uint64_t begun_items_ = 0;       // items below are run by this thread
    bool stopped_ = false;                // it begins no more
    bool taken_ = false;                  // by take_rest()
    std::optional<ErrorRecord> failure_;  // of the items that have no result
};

}  // namespace hecaton::detail

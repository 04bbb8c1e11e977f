// How many items the next chunk of a job gets.
//
// Pure functions and one small estimator: no clock, no I/O. Chunks are long enough to hide what it costs to dispatch
// one, and short enough to balance the tail: never more than a fair share of what is left, and never longer than
// `longest`.
#pragma once

#include <cstdint>

namespace hecaton::detail::scheduling {

struct SizingOptions {
    double shortest =
        200e-6;              ///< seconds of computing a chunk should hold at least, to hide the cost of dispatching it
    double longest = 10e-3;  ///< seconds of computing a chunk should hold at most
    double patience = 5e-3;  ///< seconds without news of a worker after which its estimate must be wrong
    double ahead = 1e-3;     ///< seconds of work that a worker should hold, so that it never waits for a round trip
    std::uint64_t growth = 32;  ///< a chunk holds at most so many times the items of the largest one that was measured
    double dispatch =
        0.25e-6;  ///< seconds that the root needs for one chunk: many workers need longer chunks to share it
    std::uint64_t queue = 4096;  ///< chunks that a worker holds at most, however short they are

    std::uint64_t outstanding = std::uint64_t{1} << 20;  ///< chunks that all workers hold together at most (about)

    /// Chunks that each of so many workers holds at most.
    std::uint64_t queue_for(std::uint64_t workers) const noexcept;
    /// With so many workers chunks must be this long, or the root is busy more than half of the time.
    double shortest_for(std::uint64_t workers) const noexcept;
    double longest_for(std::uint64_t workers) const noexcept;
    double patience_for(std::uint64_t workers) const noexcept;
    double ahead_for(std::uint64_t workers) const noexcept;
};

/// What an item of a job costs, learned from the chunks that are done: a moving average weighted by items (first items
/// are often slower, and inputs are often sorted by size, so old measurements fade), and how much items vary.
class CostEstimate {
  public:
    /// `items` items took `seconds` together. Nonsense (no items, a negative time, not a number) is ignored or taken as
    /// 0.
    void measured(std::uint64_t items, double seconds) noexcept;
    /// Before anything is measured: each of `items` items is thought to take so many seconds. It counts as a chunk of a
    /// millisecond.
    void expect(std::uint64_t items, double seconds) noexcept;
    /// The same where items are weighed by what they cost in relation to each other: then `per_item` and `deviation`
    /// are those of an item of weight 1. Next to no weight is ignored.
    void measured_weight(double weight, double seconds) noexcept;
    bool known() const noexcept { return chunks_ > 0; }
    /// Seconds an item; 0 while nothing is known, else above 0.
    double per_item() const noexcept { return mean_; }
    /// Standard deviation of one item's seconds.
    double deviation() const noexcept;
    /// Items of the largest chunk measured, and of all of them.
    std::uint64_t largest() const noexcept { return largest_; }
    std::uint64_t total() const noexcept { return total_; }

  private:
    double mean_ = 0;
    double items_ = 0;  // these four fade
    double seconds_ = 0;
    double squares_ = 0;
    double chunks_ = 0;
    std::uint64_t largest_ = 0;
    std::uint64_t total_ = 0;
};

/// Items of the next chunk of a job of which `remaining` items are not sent yet: a multiple of `block`, at least one
/// block, and otherwise at most a fair share, remaining / (2 * workers), or what takes no longer than a worker waits
/// for the next chunk. It may exceed `remaining` by the rounding to a block.
std::uint64_t automatic_chunk(const SizingOptions& options, const CostEstimate& cost, std::uint64_t remaining,
                              std::uint64_t workers, std::uint64_t block) noexcept;

}  // namespace hecaton::detail::scheduling

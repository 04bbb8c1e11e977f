// WakingCost: what the calls of a pool have lost by being shared, beyond the work of the busiest rank.
//
// That is the time until the other ranks run, and until the last result is back. On a quiet machine it is a fraction of
// a millisecond. Where other programs keep the cores busy, a rank that is woken waits for a time slice of several
// milliseconds; on another machine it has the network between. A call that is shorter than that is better not shared.
#pragma once

#include <atomic>
#include <hecaton/pool/caller/share_or_not.hpp>

namespace hecaton::detail {

/// Any thread; of two that learn at once one may be forgotten. Times are in seconds, `now` on one clock.
class WakingCost {
  public:
    /// Beyond this nothing is learned, so that a call of some milliseconds is always shared.
    static constexpr double most = 2.5e-3;

    /// Between ShareOrNot::waking and `most`. What was learned fades, so that sharing is tried again now and then.
    double seconds(double now) const noexcept;
    /// A call that was shared took so long beyond the work of its busiest rank.
    void learn(double lost, double now) noexcept;

  private:
    std::atomic<double> more_{0};  // than usual, at that time
    std::atomic<double> at_{0};
};

}  // namespace hecaton::detail

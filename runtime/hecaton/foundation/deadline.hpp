// Deadline: when a wait ends at the latest.
#pragma once

#include <chrono>

namespace hecaton::detail {

using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Deadline no_deadline = Deadline::max();

/// That long from now, whatever the unit: now where it is negative, and no deadline where it is longer than the clock
/// can count, infinite or no number.
template <class Rep, class Period>
Deadline deadline_in(std::chrono::duration<Rep, Period> longest) {
    const Deadline now = Deadline::clock::now();
    const std::chrono::duration<double> seconds(longest);
    if (!(seconds < std::chrono::hours(24 * 365 * 100))) return no_deadline;
    if (seconds <= seconds.zero()) return now;
    return now + std::chrono::duration_cast<Deadline::duration>(longest);
}

/// Does not read the clock where there is no deadline.
inline bool passed(Deadline deadline) {
    return deadline != no_deadline && std::chrono::steady_clock::now() >= deadline;
}

}  // namespace hecaton::detail

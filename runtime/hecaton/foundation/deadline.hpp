// Deadline: when a wait ends at the latest.
#pragma once

#include <chrono>

namespace hecaton::detail {

using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Deadline no_deadline = Deadline::max();

/// Does not read the clock where there is no deadline.
inline bool passed(Deadline deadline) {
    return deadline != no_deadline && std::chrono::steady_clock::now() >= deadline;
}

}  // namespace hecaton::detail

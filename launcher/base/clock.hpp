// The time of day, as job.json and records have it.
#pragma once

#include <chrono>

namespace hecaton::launcher {

/// Seconds since 1970.
inline double now() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace hecaton::launcher

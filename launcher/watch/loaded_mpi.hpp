// The MPI that a running rank has loaded: for scripts and static programs, whose files do not tell.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>

namespace hecaton::launcher {

/// Looks a few times in the first seconds of a rank, at the rank and at its descendants, but not at those that another
/// launcher among them has started.
class MpiWatch {
  public:
    using clock = std::chrono::steady_clock;

    explicit MpiWatch(bool wanted);

    /// The time of the next look; nothing where no further one is needed.
    const std::optional<clock::time_point>& next() const { return next_; }
    /// The library's file, once; empty where none is loaded yet.
    std::string look(pid_t rank);

  private:
    std::optional<clock::time_point> next_;
    int looks_ = 0;
};

/// The MPI library in the text of a /proc/PID/maps; empty where there is none.
std::string mpi_in_maps(const std::string& maps);

}  // namespace hecaton::launcher

// Spares ranks with PMIx, as those of Open MPI, a wait of 40 ms in MPI_Finalize.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>

namespace hecaton::launcher {

/// Finds the rank's connection to PMIx's server and makes it send at once (see hecaton/launch/pmix.hpp). Looks now and
/// then in the rank's first two seconds, because the rank connects in MPI_Init.
class PromptFinalize {
  public:
    using clock = std::chrono::steady_clock;

    /// To be made when the rank starts. Reads the server's address from the environment; does nothing without one.
    PromptFinalize();

    /// When to call look() next; empty when there is no need any more.
    const std::optional<clock::time_point>& next() const { return next_; }
    /// `rank` is a child of this process. Where the system refuses, nothing changes.
    void look(pid_t rank);

  private:
    const int port_;
    int looks_ = 0;
    std::optional<clock::time_point> next_;
};

}  // namespace hecaton::launcher

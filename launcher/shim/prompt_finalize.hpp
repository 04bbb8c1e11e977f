// MPI_Finalize without a wait of 40 ms, for ranks of Open MPI and others with PMIx.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>

namespace hecaton::launcher {

/// Finds the rank's connection to PMIx's server and makes it send at once (see launch_pmix.hpp). Looks now and then in
/// the rank's first two seconds, for it connects in MPI_Init.
class PromptFinalize {
  public:
    using clock = std::chrono::steady_clock;

    /// To be made when the rank starts. Reads the server's address from the environment; there is nothing to do where
    /// it is not there.
    PromptFinalize();

    /// When to look next; nothing where there is no need to any more.
    const std::optional<clock::time_point>& next() const { return next_; }
    /// `rank` is a child of this process. Where the system does not let us, nothing changes.
    void look(pid_t rank);

  private:
    const int port_;
    int looks_ = 0;
    std::optional<clock::time_point> next_;
};

}  // namespace hecaton::launcher

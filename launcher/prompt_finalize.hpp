// MPI_Finalize without a wait of 40 ms, for ranks of Open MPI and others with PMIx.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>

namespace hecaton::launcher {

/// Finds the rank's connection to PMIx's server and makes it send at once. PMIx says goodbye in several small messages
/// without an answer, so the second one waits for the acknowledgement of the first, which the kernel delays (Nagle's
/// algorithm; PMIx does not turn it off). Looks a few times in the rank's first second, for it connects in MPI_Init.
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
    int port_ = 0;
    int looks_ = 0;
    std::optional<clock::time_point> next_;
};

/// The port in "1034027008.0;tcp4://127.0.0.1:42177"; 0 for other text.
int pmix_port(const char* text);

}  // namespace hecaton::launcher

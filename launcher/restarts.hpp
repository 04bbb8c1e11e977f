// Restarts: the job is started again after a death, by this process as it was at its beginning.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <chrono>
#include <string>

#include <launcher/base/options.hpp>
#include <launcher/base/run_end.hpp>

namespace hecaton::launcher {

class Restarts {
  public:
    /// To be made before anything else changes the process. `argv` is main()'s.
    explicit Restarts(char** argv);

    /// So many restarts came before, when the first start was, and what all of them have in common; for the ranks too.
    void tell(RunOptions& options) const;
    /// Where another restart is wanted and of use: says so, and does not return. Returns else.
    void again(const RunOptions& options, const RunEnd& end) const;

  private:
    void start(int before, int unasked) const;

    char** argv_;
    sigset_t mask_{};
    off_t input_ = -1;  // where standard input stood; -1: it cannot be read again
    int before_ = 0;
    int unasked_ = 0;
    std::chrono::system_clock::time_point begun_ = std::chrono::system_clock::now();
    std::string run_;
};

}  // namespace hecaton::launcher

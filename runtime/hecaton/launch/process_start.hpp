// ProcessStart: with what this process was started, of that which a process can change and hands on to the program that
// replaces it: timers, blocked and ignored signals, limits, the mask for new files, descriptors, CPUs, the current
// folder.
//
// A program that launches itself starts again from its beginning, in the ranks. What it had set before comes again
// there, and would only meet mpirun on the way: a timer kills it, a limit of ten descriptors stops it.
#pragma once

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/types.h>

#include <array>
#include <string>
#include <vector>

namespace hecaton::detail::launch {

class ProcessStart {
  public:
    /// The present state.
    ProcessStart();

    /// Makes it as it was, in as far as that is allowed. Descriptors that have come since are closed by the next exec;
    /// standard input, output and error stay as they are. For a process that is about to be replaced.
    void restore() const noexcept;

  private:
    static constexpr int signals = 65;

    std::array<itimerval, 3> timers_{};
    sigset_t blocked_{};
    std::array<bool, signals> ignored_{};
    std::array<rlimit, RLIM_NLIMITS> limits_{};
    mode_t mask_ = 0;
    std::vector<int> descriptors_;
    cpu_set_t cpus_{};
    bool cpus_known_ = false;
    std::string folder_;
};

/// That of this process, when the library was loaded: as a rule before main() and everything that it calls.
const ProcessStart& process_start();

}  // namespace hecaton::detail::launch

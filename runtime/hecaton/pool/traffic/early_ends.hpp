// EarlyEnds: calls that end before all their items were run: at an error (OnError::stop), or by Ctrl-C
// (MapOptions::keep_on_interrupt).
#pragma once

#include <cstdint>
#include <hecaton/pool/traffic/running_jobs.hpp>
#include <hecaton/scheduling/dispatcher.hpp>
#include <hecaton/survival/interrupts.hpp>
#include <string>
#include <vector>

namespace hecaton::detail {

/// The line after a Ctrl-C, for example
/// "interrupted: 812 of 1000 items of "sweep" are done and are returned; press Ctrl-C again to end it".
std::string interrupted_line(const std::string& name, const scheduling::JobCounters& counters, bool returned);

/// Belongs to the thread that drives.
class EarlyEnds {
  public:
    EarlyEnds(scheduling::Dispatcher& dispatcher, RunningJobs& jobs) : dispatcher_(dispatcher), jobs_(jobs) {}

    /// To be called when items of the job may have failed, of which there were `before` until now.
    void note_failures(const RunningJob& running, std::uint64_t before);
    /// Ends the jobs that stop at an error, once all that has arrived with the error is known, too.
    void stop_failed_jobs(double now);
    /// If there was a Ctrl-C: ends the calls that have asked for it, and says so.
    void heed_interrupt(double now);

  private:
    scheduling::Dispatcher& dispatcher_;
    RunningJobs& jobs_;
    std::vector<scheduling::JobId> failed_;  // with OnError::stop
    int interrupts_ = noted_interrupts();    // that were heeded
};

}  // namespace hecaton::detail

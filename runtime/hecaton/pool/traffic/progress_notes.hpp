// ProgressNotes: how far a pool is, for whoever has started its ranks (RankNotes).
#pragma once

#include <hecaton/pool/traffic/running_jobs.hpp>
#include <hecaton/scheduling/dispatcher.hpp>

namespace hecaton::detail {

/// Belongs to the thread that drives.
class ProgressNotes {
  public:
    /// Notes the calls that are under way; to be called now and then.
    void look(RunningJobs& jobs, const scheduling::Dispatcher& dispatcher, double now) noexcept;
    /// Notes this one, the first of them.
    static void note(RunningJob& running, const scheduling::JobCounters& counters, double now) noexcept;

  private:
    double next_ = 0;
};

}  // namespace hecaton::detail

// Losses: what a pool does when ranks of it have died: nothing is sent to them any more, and others do their work.
#pragma once

#include <atomic>
#include <hecaton/pool/root/departures.hpp>
#include <hecaton/pool/root/processes.hpp>
#include <hecaton/pool/root/shared_values.hpp>
#include <hecaton/pool/traffic/job_traffic.hpp>
#include <hecaton/pool/traffic/worker_lines.hpp>
#include <vector>

namespace hecaton::detail {

/// Belongs to the thread that drives, apart from count().
class Losses {
  public:
    /// All that has a part in it; outlives this.
    struct Parts {
        WorkerLines& lines;
        JobTraffic& traffic;
        Processes& processes;
        SharedValues& shared_values;
    };

    /// `world`: see Departures.
    Losses(const Parts& parts, std::vector<int> world) : parts_(parts), departures_(parts.lines, std::move(world)) {}

    /// To be called now and then. Returns whether a rank was lost.
    bool heed(double time);
    /// Something has come from that worker.
    void heard(int worker, double time) noexcept { departures_.heard(worker, time); }
    /// Some have died and are not lost yet: heed() is to be called every millisecond.
    bool any_dying() const noexcept { return departures_.any(); }
    /// So many are lost. Any thread.
    int count() const noexcept { return count_.load(); }

  private:
    void lose(const Departures::Departure& departure, double time);

    const Parts parts_;
    Departures departures_;
    std::atomic<int> count_{0};
};

}  // namespace hecaton::detail

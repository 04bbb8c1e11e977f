// RunningJobs: the jobs of a pool that are not complete, and what their reports will say.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <hecaton/pool/calls/job.hpp>
#include <hecaton/pool/report.hpp>
#include <hecaton/pool/root/progress.hpp>
#include <hecaton/pool/worker/wire.hpp>
#include <hecaton/scheduling/dispatcher.hpp>
#include <memory>
#include <unordered_map>
#include <utility>

namespace hecaton::detail {

struct RunningJob {
    std::shared_ptr<Job> job;
    scheduling::JobId id = 0;
    double begun = 0;
    std::unique_ptr<Progress> progress;
    Report report;                            // what the dispatcher does not count; seal() adds the rest
    std::unordered_map<int, double> seconds;  // computing time by worker; a key means the job was opened there
    int last_worker = -1;                     // the entry that was used last: chunks come in runs
    double* last_seconds = nullptr;

    /// The worker's entry, and whether it is new.
    std::pair<double*, bool> seconds_of(int worker);
    /// Notes results that count.
    void add(int worker, const wire::ChunkDone& results);
    /// Where there is any to be shown.
    void show_progress(const scheduling::JobCounters& counters, double now);
    /// Makes the report whole, at the end.
    void seal(const scheduling::JobCounters& counters, double now);
};

/// Belongs to the thread that drives, apart from expect() and the counts.
class RunningJobs {
  public:
    /// Counts a job that will begin. Any thread.
    void expect(const Job& job) noexcept;
    /// Whether one is expected or not complete. Any thread.
    bool any() const noexcept { return count_.load() > 0; }
    /// The same of those that are open when they begin. Any thread.
    bool any_open() const noexcept { return open_.load() > 0; }
    /// Jobs completed so far. Any thread.
    std::uint64_t completed() const noexcept { return completed_.load(); }

    void begin(scheduling::JobId id, std::shared_ptr<Job> job, double now);
    /// Null for a job that has not begun or is complete.
    RunningJob* find(scheduling::JobId id);
    /// Takes it out of the table.
    RunningJob take(scheduling::JobId id);
    /// Completes a job that is not (or no longer) in the table.
    void complete(Job& job, const Report& report, bool cancelled, std::exception_ptr pool_error);

    auto begin() noexcept { return jobs_.begin(); }
    auto end() noexcept { return jobs_.end(); }

  private:
    std::unordered_map<scheduling::JobId, RunningJob> jobs_;
    RunningJob* last_found_ = nullptr;
    std::atomic<int> count_{0};
    std::atomic<int> open_{0};
    std::atomic<std::uint64_t> completed_{0};
};

}  // namespace hecaton::detail

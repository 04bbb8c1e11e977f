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

/// What the dispatcher does not count of a job: by worker, and in bytes.
class RunningJob {
  public:
    RunningJob(scheduling::JobId id, std::shared_ptr<Job> job, double now);

    scheduling::JobId id() const noexcept { return id_; }
    Job& job() const noexcept { return *job_; }
    const std::shared_ptr<Job>& owner() const noexcept { return job_; }

    /// Whether this is said for the first time of that worker, which does not know the job yet.
    bool opens_at(int worker) { return seconds_of(worker).second; }
    void sent(std::uint64_t bytes) noexcept { report_.bytes_sent += bytes; }
    void received(std::uint64_t bytes) noexcept { report_.bytes_received += bytes; }
    /// Results that count.
    void add(int worker, const wire::ChunkDone& results);

    void show_progress(const scheduling::JobCounters& counters, double now);
    /// Calls closed(worker) for each worker that knows the job.
    template <class Closed>
    void each_worker(Closed&& closed) const {
        for (const auto& [worker, seconds] : seconds_) closed(worker);
    }
    /// At the end.
    Report report(const scheduling::JobCounters& counters, double now);
    bool has_progress() const noexcept { return progress_ != nullptr; }

  private:
    // The worker's entry, and whether it is new.
    std::pair<double*, bool> seconds_of(int worker);

    scheduling::JobId id_;
    std::shared_ptr<Job> job_;
    double begun_;
    std::unique_ptr<Progress> progress_;
    Report report_;
    std::unordered_map<int, double> seconds_;  // computing time by worker; a key means the job was opened there
    int last_worker_ = -1;                     // the entry that was used last: chunks come in runs
    double* last_seconds_ = nullptr;
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

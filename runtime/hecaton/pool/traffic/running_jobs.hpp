// RunningJobs: the jobs of a pool that are not complete, and what their reports will say.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <hecaton/foundation/rank_notes.hpp>
#include <hecaton/pool/calls/job.hpp>
#include <hecaton/pool/report.hpp>
#include <hecaton/pool/traffic/progress.hpp>
#include <hecaton/pool/worker/wire.hpp>
#include <hecaton/scheduling/dispatcher.hpp>
#include <hecaton/survival/interrupts.hpp>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>
#include <utility>

namespace hecaton::detail {

struct RunningJob {
    std::shared_ptr<Job> job;
    bool borrowed = false;     // its items are in memory of its caller, who waits for it
    bool over = false;         // it is complete, but its memory may still be in use
    std::exception_ptr error;  // its own machinery failed: results that still come are ignored
    scheduling::JobId id = 0;
    double begun = 0;
    std::unique_ptr<Progress> progress;
    CallNote note;  // for the launcher
    std::unique_ptr<KeepInterrupt> keep_interrupt;
    Report report;                            // what the dispatcher does not count; seal() adds the rest
    std::unordered_map<int, double> seconds;  // computing time by worker; a key means the job was opened there
    int last_worker = -1;                     // the entry that was used last: chunks come in runs
    double* last_seconds = nullptr;

    /// The worker's entry, and whether it is new.
    std::pair<double*, bool> seconds_of(int worker);
    /// Takes its entry out again: the job could not be opened there.
    void forget(int worker) noexcept;
    /// Notes results that count.
    void add(int worker, const wire::ChunkDone& results);
    /// The same where items have failed: `errors` is as in ChunkResults.
    void say_failures(std::span<const std::byte> errors, double now);
    Progressed progressed(const scheduling::JobCounters& counters) const;
    /// Where there is any to be shown.
    void show_progress(const scheduling::JobCounters& counters, double now);
    /// Counts it as cut for the job's time. Returns what it throws.
    std::exception_ptr cut(const scheduling::JobCounters& counters) const;
    /// Makes the report whole, at the end.
    void seal(const scheduling::JobCounters& counters, double now);
};

/// Jobs that somebody wants cancelled.
class CancelList {
  public:
    CancelList() = default;
    ~CancelList() {
        take([](Job&) {});
    }
    CancelList(const CancelList&) = delete;
    CancelList& operator=(const CancelList&) = delete;

    /// Any thread. Takes no memory, so that a destructor may call it.
    void add(std::shared_ptr<Job> job) noexcept;
    /// Takes them out one by one, and gives each to `use`; when that throws, the rest stays.
    template <class Use>
    void take(Use&& use) {
        while (const std::shared_ptr<Job> job = next()) use(*job);
    }

  private:
    std::shared_ptr<Job> next() noexcept;

    std::atomic<bool> any_{false};
    std::mutex mutex_;
    std::shared_ptr<Job> first_;
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

    /// Takes the count of expect() back: it will not begin.
    void forget(const Job& job) noexcept;

    /// All of it, or nothing when it throws.
    void begin(scheduling::JobId id, RunningJob&& running, double now);
    /// Null for a job that has not begun or is complete.
    RunningJob* find(scheduling::JobId id);
    /// Takes it out of the table, frees its items, and completes it.
    void complete(RunningJob& running, bool cancelled, std::exception_ptr error) noexcept;
    /// Completes a job that has not begun.
    void refuse(Job& job, std::exception_ptr error) noexcept;

    /// All fail. Those that own their items are complete at once; but a worker or MPI may still read their items, and
    /// write to their results, so all of them are kept.
    void fail(const std::exception_ptr& error) noexcept;
    /// After fail(), when nobody reads or writes any more: completes the others, and frees all.
    void let_go(const std::exception_ptr& error) noexcept;
    bool empty() const noexcept { return jobs_.empty(); }

    auto begin() noexcept { return jobs_.begin(); }
    auto end() noexcept { return jobs_.end(); }

  private:
    void complete(Job& job, Report&& report, bool cancelled, std::exception_ptr error) noexcept;

    std::unordered_map<scheduling::JobId, RunningJob> jobs_;
    RunningJob* last_found_ = nullptr;
    std::atomic<int> count_{0};
    std::atomic<int> open_{0};
    std::atomic<std::uint64_t> completed_{0};
};

}  // namespace hecaton::detail

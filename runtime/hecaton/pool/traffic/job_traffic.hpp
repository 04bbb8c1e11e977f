// JobTraffic: jobs on their way: chunks go out to the workers as the dispatcher wants it, results come back to the
// jobs.
#pragma once

#include <cstdint>
#include <exception>
#include <hecaton/pool/calls/job.hpp>
#include <hecaton/pool/calls/segment.hpp>
#include <hecaton/pool/traffic/early_ends.hpp>
#include <hecaton/pool/traffic/lost_workers.hpp>
#include <hecaton/pool/traffic/packer.hpp>
#include <hecaton/pool/traffic/progress_notes.hpp>
#include <hecaton/pool/traffic/recorded_traffic.hpp>
#include <hecaton/pool/traffic/running_jobs.hpp>
#include <hecaton/pool/traffic/worker_lines.hpp>
#include <hecaton/scheduling/dispatcher.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hecaton::detail {

/// Belongs to the thread that drives, apart from jobs(), of which see there. `now` is in seconds since any fixed
/// moment.
class JobTraffic {
  public:
    /// `root` is the root's rank, `seed` that of the pool's random numbers; `hosts` are the ranks' hosts.
    /// `local_rests`: the root's own worker gets items only when no other is left. `recorded`: the ranks for the
    /// recording, where there is one.
    JobTraffic(WorkerLines& lines, int root, std::uint64_t seed,
               std::shared_ptr<const std::vector<std::string>> hosts = nullptr, bool local_rests = false,
               std::shared_ptr<const recording::PoolRanks> recorded = nullptr);
    RunningJobs& jobs() noexcept { return jobs_; }
    const RunningJobs& jobs() const noexcept { return jobs_; }

    /// `borrowed`: its items are in memory of a caller who waits for it.
    void begin(const std::shared_ptr<Job>& job, bool borrowed, double now);
    /// From now on, while it has nothing, the root's own worker gets nothing, unless there is no other.
    void let_local_rest(double now);
    void wake_local(double now);
    /// More items for a job whose input is open; `last`: no more will follow. Ignored once the input was cut.
    void extend(Job& job, ItemSegment&& items, bool last, double now);
    /// Closes all inputs where they stand.
    void cut_inputs(double now);
    void cancel(const Job& job, double now) {
        if (!error_) dispatcher_.cancel(job.id(), now);
    }
    void cancel_all(double now);
    /// Whether workers still run items of calls that have ended early.
    bool any_leftovers() const noexcept { return !error_ && dispatcher_.leftovers() != 0; }
    /// Results are of use until `last`, see Dispatcher::end_at.
    void end_at(double last, double now) {
        if (!error_) dispatcher_.end_at(last, now);
    }
    /// Counts all calls as cut for the job's time.
    void count_as_cut();

    // Two things can fail. A call of its own: there is no memory for its items or its results. It is cancelled, and the
    // others go on. And the pool: an event is lost, or half of it, so nothing can be said of any job any more.

    /// The pool has failed: all jobs fail with that error, as do those that begin later, and the dispatcher is not
    /// asked again. Jobs whose items are borrowed are complete after let_go() only.
    void fail(const std::exception_ptr& error) noexcept;
    /// After fail(), when nobody reads items or writes results any more.
    void let_go() noexcept { jobs_.let_go(error_); }
    /// Whether let_go() is still to come.
    bool holds_jobs() const noexcept { return !jobs_.empty(); }
    /// What the pool has failed with; null as long as all is well.
    const std::exception_ptr& error() const noexcept { return error_; }

    /// What a worker says of a chunk; `records` is behind the record.
    void take(int worker, const wire::ChunkDone& record, wire::RecordReader& records, const Message& message,
              double now);
    void take(int worker, const wire::Recorded& record, wire::RecordReader& records) {
        recorded_.take(lines_.is_local(worker) ? root_ : lines_.rank(worker), record, records);
    }
    /// That worker is gone: its items go to others. Says so.
    void worker_lost(int worker, const LostRank& how, double now);
    /// A rank is gone that the pool does not use.
    void idle_rank_lost(const LostRank& how) { recorded_.lost(how.rank, how, std::nullopt, LostWorkers::end_of(how)); }
    void recall_answered(int worker, double now) { dispatcher_.recall_answered(worker, now); }
    /// Whether anybody wants the bulk that follows the message with this head.
    bool wants(std::span<const std::byte> head);
    /// Where the array of results of `size` bytes goes that follows the message with this head; see Landing::place.
    std::byte* place_for(std::span<const std::byte> head, std::size_t size);
    /// Carries out what the dispatcher wants, and sends it. Returns whether there was anything.
    bool carry_out(double now);
    /// Whether results of an open job have arrived since the last time.
    bool take_arrivals() noexcept { return std::exchange(arrivals_, false); }

    /// To be called now and then; next_tick() says when at the latest, or that there is no need.
    void tick(double now);
    std::optional<double> next_tick() const noexcept { return error_ ? std::nullopt : dispatcher_.next_tick(); }

  private:
    void send(int worker, const scheduling::Chunk& chunk, double now);
    void give_up(int worker, const scheduling::Chunk& chunk, double now);
    void leave_out(const scheduling::Chunk& chunk, double now);
    void complete(const scheduling::JobCounters& counters, double now);
    void carry_out_actions(double now);
    void fail(RunningJob& running, std::exception_ptr error, double now);

    WorkerLines& lines_;
    const int root_;
    scheduling::Dispatcher dispatcher_;
    RunningJobs jobs_;
    EarlyEnds early_ends_{dispatcher_, jobs_};
    Packer packer_;
    LostWorkers lost_;
    std::exception_ptr error_;
    bool arrivals_ = false;
    ProgressNotes notes_;
    RecordedTraffic recorded_;
};

}  // namespace hecaton::detail

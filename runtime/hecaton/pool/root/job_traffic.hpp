// JobTraffic: jobs on their way: chunks go out to the workers as the dispatcher wants it, results come back to the
// jobs.
#pragma once

#include <cstdint>
#include <exception>
#include <hecaton/pool/calls/job.hpp>
#include <hecaton/pool/calls/segment.hpp>
#include <hecaton/pool/root/running_jobs.hpp>
#include <hecaton/pool/root/worker_lines.hpp>
#include <hecaton/scheduling/dispatcher.hpp>
#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace hecaton::detail {

/// Belongs to the thread that drives, apart from jobs(), of which see there. `now` is in seconds since any fixed
/// moment.
class JobTraffic {
  public:
    /// `root` is the root's rank, `seed` that of the pool's random numbers.
    JobTraffic(WorkerLines& lines, int root, std::uint64_t seed);
    RunningJobs& jobs() noexcept { return jobs_; }
    const RunningJobs& jobs() const noexcept { return jobs_; }

    void begin(std::shared_ptr<Job> job, double now);
    /// More items for a job whose input is open; `last`: no more will follow. Ignored once the input was cut.
    void extend(Job& job, ItemSegment&& items, bool last, double now);
    /// Closes all inputs where they stand.
    void cut_inputs(double now);
    void cancel(const Job& job, double now) { dispatcher_.cancel(job.id(), now); }
    void cancel_all(double now);
    /// Cancels all jobs, which fail with that error, as do those that begin later.
    void fail(std::exception_ptr error, double now);
    /// What they fail with; null as long as all is well.
    const std::exception_ptr& error() const noexcept { return error_; }

    /// What a worker says of a chunk; `records` is behind the record.
    void take(int worker, const wire::ChunkDone& record, wire::RecordReader& records, const Message& message,
              double now);
    void recall_answered(int worker, double now) { dispatcher_.recall_answered(worker, now); }
    /// Where the array of results of `size` bytes goes that follows the message with this head; see Landing::place.
    std::byte* place_for(std::span<const std::byte> head, std::size_t size);
    /// Carries out what the dispatcher wants, and sends it. Returns whether there was anything.
    bool carry_out(double now);
    /// Whether results of an open job have arrived since the last time.
    bool take_arrivals() noexcept { return std::exchange(arrivals_, false); }

    /// To be called now and then; next_tick() says when at the latest, or that there is no need.
    void tick(double now);
    std::optional<double> next_tick() const noexcept { return dispatcher_.next_tick(); }

  private:
    void send(int worker, const scheduling::Chunk& chunk);
    void open_at(int worker, const RunningJob& running);
    void give_up(int worker, const scheduling::Chunk& chunk);
    void complete(const scheduling::JobCounters& counters, double now);

    WorkerLines& lines_;
    const int root_;
    const std::uint64_t seed_;
    scheduling::Dispatcher dispatcher_;
    RunningJobs jobs_;
    std::exception_ptr error_;
    bool arrivals_ = false;
};

}  // namespace hecaton::detail

// JobTable: the dispatcher's jobs: what is known of them, what came back, what is reported, when one is complete.
#pragma once

#include <hecaton/scheduling/job_queue.hpp>
#include <hecaton/scheduling/records.hpp>
#include <vector>

namespace hecaton::detail::scheduling {

class JobTable {
  public:
    Place add(const JobSpec& spec);
    Place find(JobId id) const noexcept { return jobs_.find(id); }
    JobId id(Place job) const noexcept { return jobs_.id(job); }
    JobRecord& operator[](Place job) noexcept { return jobs_[job]; }
    const JobRecord& operator[](Place job) const noexcept { return jobs_[job]; }
    std::size_t size() const noexcept { return jobs_.size(); }

    /// Those with something to send, first submitted first.
    const JobQueue& ready() const noexcept { return ready_; }
    /// Items of other jobs that nobody holds.
    std::uint64_t unsent_beside(const JobRecord& job) const noexcept { return unsent_ - job.unsent(); }
    const Piece& piece(Place place) const noexcept { return pieces_[place]; }

    /// More items.
    void add_known(Place job, std::uint64_t more);
    /// The next `count` items, from `first` on, go out; from `piece` unless that is nowhere.
    void take_out(Place job, Place piece, std::uint64_t first, std::uint64_t count);
    /// Items that will not finish where they were: to be sent again, unless nobody wants them or nobody is left to run
    /// them.
    void give_back(Place job, const Piece& piece, int worker);
    /// Nobody is left to run anything: all that no worker holds is lost, that `worker` ran last.
    void abandon(int worker);
    /// There is a worker again.
    void resume() noexcept { lost_worker_ = -1; }
    bool abandoned() const noexcept { return lost_worker_ >= 0; }
    /// Reports all items of the job that no worker holds; of an open input without `whole` the last, unfinished block
    /// stays.
    void drop_unsent(Place job, Action::Kind kind, bool whole);
    void report(Action::Kind kind, int worker, Place job, std::uint64_t first, std::uint64_t count,
                std::uint32_t attempt);
    /// Forgets the job if all of it is reported; returns whether it did.
    bool settle(Place job) { return jobs_[job].whole() && complete(job); }

    std::vector<Action> actions;         ///< of all kinds, in their order
    std::vector<JobCounters> completed;  ///< of the jobs that `actions` completes

  private:
    bool complete(Place job);
    void report_new(Place job, Action::Kind kind, int worker, std::uint64_t count);
    void queue_if_sendable(Place job);

    Slab<JobRecord> jobs_;
    Slab<Piece> pieces_;
    JobQueue ready_;
    std::uint64_t submitted_ = 0;
    std::uint64_t unsent_ = 0;  // items of all jobs
    int lost_worker_ = -1;      // the last one, when all are lost
};

}  // namespace hecaton::detail::scheduling

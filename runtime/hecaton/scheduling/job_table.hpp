// JobTable: the dispatcher's jobs: what is known of them, what came back, what is reported, when one is complete.
#pragma once

#include <hecaton/scheduling/job_queue.hpp>
#include <hecaton/scheduling/records.hpp>
#include <span>
#include <utility>
#include <vector>

namespace hecaton::detail::scheduling {

class JobTable {
  public:
    /// `held` are the chunks that workers hold.
    explicit JobTable(const Slab<HeldChunk>& held) : held_(held) {}

    Place add(const JobSpec& spec);
    /// Nowhere for a job that is complete.
    Place find(JobId id) const noexcept {
        const Place place = jobs_.find(id);
        return place == nowhere || jobs_[place].over ? nowhere : place;
    }
    JobId id(Place job) const noexcept { return jobs_.id(job); }
    JobRecord& operator[](Place job) noexcept { return jobs_[job]; }
    const JobRecord& operator[](Place job) const noexcept { return jobs_[job]; }
    /// Those that are not complete.
    std::size_t size() const noexcept { return jobs_.size() - over_; }
    /// Calls `use` with the place of every one of them. It may settle that one.
    template <class Use>
    void each(Use&& use) {
        jobs_.each([&](Place job) {
            if (!jobs_[job].over) use(job);
        });
    }

    /// Those that are, although items of them are held.
    std::size_t leftovers() const noexcept { return over_; }

    /// Those with something to send, first submitted first.
    const JobQueue& ready() const noexcept { return ready_; }
    /// Items of other jobs that nobody holds.
    std::uint64_t unsent_beside(const JobRecord& job) const noexcept { return unsent_ - job.unsent(); }
    const Piece& piece(Place place) const noexcept { return pieces_[place]; }

    /// More items, of which these are done.
    void add_known(Place job, std::uint64_t more, std::span<const ItemRange> done);
    /// The next `count` items, from `first` on, go out; from `piece` unless that is nowhere.
    void take_out(Place job, Place piece, std::uint64_t first, std::uint64_t count);
    /// Items that will not finish where they were: to be sent again, unless nobody wants them or nobody is left to run
    /// them.
    void give_back(Place job, Piece piece, int worker);
    /// Items of a chunk whose worker is gone: to be sent again, like others that come back. The suspects among them may
    /// have killed it: they have run once more, and go on apart, or are lost.
    void lose(const HeldChunk& chunk, ItemRange suspects, int worker);
    /// Nobody is left to run anything: all that no worker holds is lost, that `worker` ran last.
    void abandon(int worker);
    /// There is a worker again.
    void resume() noexcept { lost_worker_ = -1; }
    bool abandoned() const noexcept { return lost_worker_ >= 0; }
    /// The next items of an order, or a piece that came back, will not run.
    void drop_upcoming(Place job, Place piece);
    /// Reports all items of the job that no worker holds; of an open input without `whole` the last, unfinished block
    /// stays.
    void drop_unsent(Place job, Action::Kind kind, bool whole);
    /// Items from `from` on are not wanted: closes the input, and reports those of them that no worker holds. Those
    /// that are held are reported as soon as no other item is left.
    void cut(Place job, std::uint64_t from);
    void report(Action::Kind kind, int worker, Place job, std::uint64_t first, std::uint64_t count,
                std::uint32_t attempt);
    /// Completes the job if all of it is reported; returns whether it is complete.
    bool settle(Place job);

    std::vector<Action> actions;         ///< of all kinds, in their order
    std::vector<JobCounters> completed;  ///< of the jobs that `actions` completes

  private:
    void complete(Place job);
    void give_up_held(Place job);
    void cut_piece(Place job, Place piece, std::uint64_t from);
    void report_new(Place job, Action::Kind kind, int worker, std::uint64_t count);
    void queue_if_sendable(Place job);
    void pass_over(Place job, std::span<const ItemRange> done);
    void add_piece(Place job, const Piece& piece);

    const Slab<HeldChunk>& held_;
    Slab<JobRecord> jobs_;
    std::size_t over_ = 0;  // of jobs_
    Slab<Piece> pieces_;
    JobQueue ready_;
    std::uint64_t submitted_ = 0;
    std::uint64_t unsent_ = 0;  // items of all jobs
    int lost_worker_ = -1;      // the last one, when all are lost
};

}  // namespace hecaton::detail::scheduling

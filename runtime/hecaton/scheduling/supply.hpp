// Supply: who gets which items: workers are supplied ahead of time, in batches, and nobody gets ahead of a share of
// what is left.
#pragma once

#include <hecaton/scheduling/job_table.hpp>
#include <hecaton/scheduling/recalls.hpp>
#include <hecaton/scheduling/worker_table.hpp>

namespace hecaton::detail::scheduling {

class Supply {
  public:
    Supply(JobTable& jobs, WorkerTable& workers, Recalls& recalls)
        : jobs_(jobs), workers_(workers), recalls_(recalls) {}

    /// `done` items of any job took so many seconds.
    void measured(std::uint64_t done, double seconds) noexcept { usual_.measured(done, seconds); }
    /// Supplies one worker if it is low, as far as there is something for it; it waits in a list if it could do with
    /// more.
    void refill(Place worker, Seconds now);
    /// Something to send has turned up: idle workers first, then those that hold little.
    void serve(Seconds now);

  private:
    // What would be sent next of a job.
    struct Cut {
        Chunk chunk;
        Place piece = nowhere;
        std::uint64_t there = 0;  // items that could go out together with these
        double estimate = 0;
        bool blind = false;
        bool short_of_full = false;  // fewer items than an explicit chunk size asks for
    };
    Cut plan(Place job, const WorkerRecord& worker) const;
    bool wants(const WorkerRecord& worker, const JobRecord& job, const Cut& cut, Seconds now) const;
    void lengthen(Cut& cut, const WorkerRecord& worker, const JobRecord& job) const;
    bool low(const WorkerRecord& worker) const;
    double item_seconds(const JobRecord& job) const noexcept;
    double share(const JobRecord& job) const noexcept;
    double uncertainty(const JobRecord& job, const Cut& cut) const noexcept;
    void send(Place worker, Place job, const Cut& cut, Seconds now);

    JobTable& jobs_;
    WorkerTable& workers_;
    Recalls& recalls_;
    CostEstimate usual_;  // of all jobs together: the guess for a job of which nothing is measured
};

}  // namespace hecaton::detail::scheduling

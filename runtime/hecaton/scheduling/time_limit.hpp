// TimeLimit: which items are not run because they would not be done in time.
#pragma once

#include <hecaton/scheduling/job_table.hpp>
#include <hecaton/scheduling/recalls.hpp>
#include <limits>
#include <optional>

namespace hecaton::detail::scheduling {

class TimeLimit {
  public:
    TimeLimit(JobTable& jobs, Recalls& recalls) : jobs_(jobs), recalls_(recalls) {}

    void set(Seconds last) noexcept;
    /// Stops a new job when the time is over already. Returns whether it did.
    bool stop_late(Place job, Seconds now);
    /// Stops the jobs of which nothing more can be done in time: what no worker has begun is cancelled. Of a job with
    /// an order, the items that take too long are cancelled before.
    void check(Seconds now);
    /// When check() is to be called at the latest.
    std::optional<Seconds> next_check() const noexcept { return jobs_.size() != 0 ? next_ : std::nullopt; }

  private:
    bool fits(const JobRecord& job, double weight, Seconds now) const noexcept;
    Seconds latest_begin(const JobRecord& job, double weight) const noexcept;
    double next_weight(const JobRecord& job) const noexcept;
    void drop_long_ones(Place job, Seconds now);
    void stop(Place job, Seconds now);

    JobTable& jobs_;
    Recalls& recalls_;
    Seconds last_ = std::numeric_limits<Seconds>::infinity();
    std::optional<Seconds> next_;  // empty: there is nothing to look at
};

}  // namespace hecaton::detail::scheduling

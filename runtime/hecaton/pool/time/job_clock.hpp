// JobClock: what the job's time asks a pool to do, and when.
//
//   last            results are of use until then: nothing is begun that takes longer
//   abandon         items that still run are given up: their calls fail, and the program can come to its end
//   over            the job is ended where a rank still runs one
//   the job's end   it is ended from outside
#pragma once

#include <hecaton/job/job_time.hpp>
#include <limits>

namespace hecaton::detail {

class JobClock {
  public:
    /// Moments, in seconds as the caller counts them; infinity for never.
    struct Plan {
        double last = std::numeric_limits<double>::infinity();
        double abandon = std::numeric_limits<double>::infinity();
        double over = std::numeric_limits<double>::infinity();
    };
    /// A tenth of the time is kept for the end of the program: two seconds to ten, but no more than half of it.
    static Plan plan_for(const JobTime& time, double left, double now) noexcept;

    /// Whether something else is known of the job's time than in plan(). Costs a few loads.
    bool changed() const noexcept { return !(job_time() == known_); }
    /// Makes a plan of what is known now.
    const Plan& plan(double now) noexcept;

    bool abandon_due(double now) const noexcept { return now >= plan_.abandon; }
    bool over(double now) const noexcept { return now >= plan_.over; }
    /// When to look again at the latest.
    double next(double now) const noexcept { return now < plan_.abandon ? plan_.abandon : plan_.over; }

  private:
    JobTime known_;
    Plan plan_;
};

}  // namespace hecaton::detail

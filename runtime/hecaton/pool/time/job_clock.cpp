#include <algorithm>
#include <hecaton/pool/time/job_clock.hpp>

namespace hecaton::detail {

JobClock::Plan JobClock::plan_for(const JobTime& time, double left, double now) noexcept {
    if (time.end == no_deadline) {
        Plan plan;
        if (time.winding_up) plan.last = now;
        return plan;
    }
    const double margin = std::min(std::clamp(left / 10, 2.0, 10.0), left / 2);
    const double end = now + left;
    return {.last = time.winding_up ? now : end - margin, .abandon = end - 0.6 * margin, .over = end - 0.4 * margin};
}

const JobClock::Plan& JobClock::plan(double now) noexcept {
    known_ = job_time();
    return plan_ = plan_for(known_, seconds_left(), now);
}

}  // namespace hecaton::detail

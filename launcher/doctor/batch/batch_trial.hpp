// The doctor's trial as a job: submitted, waited for and cancelled as jobs of users are.
#pragma once

#include <chrono>
#include <string>

#include <launcher/base/job_options.hpp>
#include <launcher/doctor/doctor.hpp>

namespace hecaton::launcher {

/// The time of the job, and that for its ranks to start and end.
inline constexpr std::chrono::seconds batch_trial_time{60};
inline constexpr std::chrono::seconds batch_trial_limit{40};

struct BatchTrial {
    enum class End {
        refused,      ///< it was not taken
        over,         ///< it has ended
        waiting,      ///< it did not begin in time
        silent,       ///< the batch system does not say what has become of it
        overdue,      ///< it did not end
        interrupted,  ///< somebody has ended the wait
    };
    End end = End::over;
    Trial trial = {};
    int nodes = 1;
    std::string job = {};     ///< its id
    std::string folder = {};  ///< empty where it is removed
    std::string why = {};     ///< in the batch system's words: why it was refused, or waits, or has ended
    std::string state = {};   ///< "failed", "lost"
    std::chrono::seconds in_queue{0};
    int signal = 0;          ///< that has interrupted it
    bool cancelled = false;  ///< for certain; only where it had not ended
};

/// Submits it, as `wishes` say, with so many nodes and ranks on each. `program` is that of which MPI is used; empty:
/// the one that hecaton run finds. `patience` is the time for it to begin. A job that has ended well leaves nothing
/// behind.
BatchTrial try_batch(const SubmitOptions& wishes, const std::string& program, std::chrono::milliseconds patience);

/// The verdict. Pure.
Check check_batch_trial(const BatchTrial& trial);

}  // namespace hecaton::launcher

// Batch jobs: the commands `hecaton submit`, `status`, `logs`, `wait` and `cancel`, with every batch system.
#pragma once

#include <launcher/base/job_options.hpp>
#include <launcher/jobs/folder.hpp>

namespace hecaton::launcher {

/// Each carries out the command, and returns the exit status. They throw Refusal where something is wrong.
/// @{
int submit_job(const SubmitOptions& options);
int show_jobs(const JobOptions& options);
int show_logs(const JobOptions& options);
int wait_for_jobs(const JobOptions& options);
int cancel_jobs(const JobOptions& options);
/// @}

namespace jobs {

/// Submits a job, once, and waits for nothing. Says only what is odd. Throws Refusal where it was not taken, or that is
/// not known.
Job submit(const SubmitOptions& options);

/// Cancels the job at once, without a warning; it is not run again. Returns whether it is sure that it ends, and says
/// so where it is not.
bool withdraw(const Job& job);

/// Removes all that hecaton has of a job which has ended, once its batch system has let go of it, as some write to its
/// folder last; they get some time for that.
void clear_away(const Job& job);

}  // namespace jobs

}  // namespace hecaton::launcher

// A job that is out of time, or whose node has died, runs again.
#pragma once

#include <string>

#include <launcher/base/run_end.hpp>

namespace hecaton::launcher {

/// At the begin of a run, once that is in its record: throws Refusal where the restarts are used up, which happens
/// where a batch system starts a job again by itself, because the node of `hecaton run` has died. Nothing for no
/// folder.
void refuse_one_run_more(const std::string& folder);

/// Whether the job of that folder, whose run ends so, is to run again: it is out of time, or a process of it has died,
/// it has not been cancelled, and --restarts are left. False for no folder.
bool job_runs_again(const std::string& folder, const RunEnd& end);

/// At the end of such a run, once that is in its record: does what the batch system wants for another run, where it is
/// to run again. Returns the status with which this process has to end.
int end_of_job(const std::string& folder, const RunEnd& end, bool again);

}  // namespace hecaton::launcher

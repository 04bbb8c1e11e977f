// The process that a local job has in place of a batch system: it starts the job's script, or the tasks of an array,
// warns them before the time limit and ends them at it, and starts them again on status 75.
#pragma once

#include <functional>
#include <string>

#include <launcher/jobs/folder.hpp>

namespace hecaton::launcher::jobs {

/// Files in the folder of the batch system for that job; whoever makes one sends SIGUSR1 to the runner. For a task of
/// an array with its index behind: "cancel.3".
/// @{
inline constexpr const char* cancel_file = "cancel";
inline constexpr const char* warn_file = "warn";
/// @}

/// Runs the job with that id to its end. `ready` is called once its state is written down.
void run_local_job(const std::string& id, const Job& job, const std::string& script,
                   const std::function<void()>& ready);

}  // namespace hecaton::launcher::jobs

// The batch system to submit to.
#pragma once

#include <memory>
#include <string>

#include <launcher/batch/scheduler.hpp>

namespace hecaton::launcher::jobs {

/// The one of that name; without a name the one whose command is installed here, and `local` where none is. Throws
/// Refusal.
std::unique_ptr<batch::Scheduler> choose_scheduler(const std::string& name);

/// That of a job that was submitted; null where this hecaton does not know it.
std::unique_ptr<batch::Scheduler> scheduler_of(const std::string& name);

}  // namespace hecaton::launcher::jobs

// The engine that starts a plan with Open MPI.
#pragma once

#include <hecaton/transport/launch_command.hpp>

#include "plan.hpp"

namespace hecaton::launcher {

/// The command for `plan`; the rules are the ones that self-launch follows too. Throws UsageError.
launch::Command open_mpi_command(const Plan& plan, const launch::Facts& facts);

}  // namespace hecaton::launcher

// hecaton doctor --batch: whether jobs of hecaton would run in the batch system that is here, and what would have to be
// set for all of them.
#pragma once

#include <launcher/base/options.hpp>

namespace hecaton::launcher {

/// Asks the batch system, submits a trial where nothing is bad so far, and prints the checks and a configuration.
/// Returns 0 where nothing is bad, else 1; 128 and the signal where one has ended it. Throws Refusal where the command
/// line or a file of the configuration is not as it should be.
int batch_doctor(const DoctorOptions& options);

}  // namespace hecaton::launcher

// Slurm's reasons for a job that waits or has ended, in words.
#pragma once

#include <string>
#include <string_view>

namespace hecaton::launcher::batch {

/// What it means and what would change it; empty for one that is not known.
std::string slurm_reason(std::string_view reason);

}  // namespace hecaton::launcher::batch

// The times of a run, from its options.
#pragma once

#include <launcher/base/options.hpp>
#include <launcher/supervision/lifecycle.hpp>

namespace hecaton::launcher {

/// For a run that begins now.
Lifecycle::Times times_of(const RunOptions& options);

}  // namespace hecaton::launcher

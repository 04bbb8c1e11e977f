// time_left: how long the job may go on, the same on all ranks.
#pragma once

#include <hecaton/transport/communicator.hpp>

namespace hecaton {

/// Collective. Returns the seconds until the job's end, as this_worker::time_left() gives them, of the rank with the
/// least: 0 once it has passed, infinity where there is none. The same on every rank, so all of them can act on it:
///
///     for (int step = 0; step < steps && hecaton::time_left(world) > 60; ++step) ...
///
/// Throws UsageError: on every rank when some call something else, on this rank alone for a null communicator or
/// without MPI.
[[nodiscard]] double time_left(Communicator comm);

/// The same, over the world.
[[nodiscard]] double time_left();

}  // namespace hecaton

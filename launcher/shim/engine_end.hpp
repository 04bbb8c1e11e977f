// What an engine's end of a rank means: the engine ends the stub, which it takes for the rank, and the shim sees that.
#pragma once

#include <poll.h>

#include <chrono>
#include <cstdlib>
#include <hecaton/foundation/descriptor.hpp>

namespace hecaton::launcher {

/// MPICH's hydra started the rank. It ends a rank that calls MPI_Abort before the call has returned, and MPICH is not
/// prepared for that: a rank that lives a moment longer dies of SIGSEGV.
inline bool hydra_started_us() { return std::getenv("MPI_LOCALNRANKS") != nullptr; }

/// The time for a rank to end by itself once the engine has ended the stub. With Open MPI, one that called MPI_Abort
/// ends within that, and its status counts.
inline std::chrono::milliseconds own_end() { return std::chrono::milliseconds(hydra_started_us() ? 0 : 250); }

/// The rank has died by a signal: hydra had ended it, although the stub's end may come a moment after the rank's.
inline bool hydra_ended_it(const Descriptor& stub) {
    constexpr int moment = 50;  // milliseconds
    if (!hydra_started_us()) return false;
    pollfd end{stub.get(), POLLIN, 0};
    return !stub || ::poll(&end, 1, moment) == 1;
}

}  // namespace hecaton::launcher

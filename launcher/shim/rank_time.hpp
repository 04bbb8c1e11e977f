// What a rank is told of the job's time, in the memory that it shares with its shim (hecaton/job/job_time.hpp).
#pragma once

#include <sys/types.h>

#include <launcher/link/messages.hpp>

namespace hecaton::detail {
struct ToldTime;
}

namespace hecaton::launcher {

/// Passes on a frame of kind time_left, wind_up or warn, and ignores others. `told` may be null. A rank that has no
/// handler for the signal of a warning would end by it, and does not get it.
void tell_time(const link::Frame& frame, detail::ToldTime* told, pid_t rank);

/// Sends the signal to the rank's process group. The warning before the job's end (SIGUSR2) goes to the rank alone
/// where that heeds it: it would end the processes that the rank has started.
void signal_rank(pid_t rank, int signal, const detail::ToldTime* told);

}  // namespace hecaton::launcher

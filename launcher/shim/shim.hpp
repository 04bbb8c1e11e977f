// The shim: a process around each rank, started by mpirun and its like in the rank's place.
//
//   mpirun -- stub -- shim -- rank
//
// The stub is the process that the engine knows and ends. The shim is out of the engine's reach, and notices when the
// stub is gone. It starts the rank, tells the launcher how the rank ended, sends the rank's output, passes input and
// signals on to it, and ends it when the launcher or the engine is gone. When the shim itself is killed, the kernel
// ends the rank.
#pragma once

namespace hecaton::launcher {

/// The word after the launcher's own name that makes it a shim; the rank's program and its arguments follow.
inline constexpr const char* shim_word = "__rank";

/// Runs `argv` (ends with a null pointer) as a rank, and returns the exit status. Where no launcher is named in the
/// environment, because a user has typed the command, this process becomes the program and does not return.
int run_shim(char** argv);

}  // namespace hecaton::launcher

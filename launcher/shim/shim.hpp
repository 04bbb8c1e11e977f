// The shim: a process around each rank, started by mpirun and its like in the rank's place.
//
//   mpirun -- stub -- shim -- rank
//
// The stub is what the engine knows and ends; the shim is out of the engine's reach, and sees the stub go. It starts
// the rank, tells the launcher how it ended, sends its output, takes input and signals for it, and ends it when the
// launcher or the engine is gone. When the shim itself is killed, the kernel ends the rank.
#pragma once

namespace hecaton::launcher {

/// The word after the launcher's own name that makes it a shim; what follows is the rank's program and its arguments.
inline constexpr const char* shim_word = "__rank";

/// Runs `argv` (ends with a null pointer) as a rank, and returns the exit status. Where no launcher listens, because
/// somebody typed the command, it becomes the program and does not return.
int run_shim(char** argv);

}  // namespace hecaton::launcher

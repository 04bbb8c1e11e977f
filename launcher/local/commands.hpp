// The batch system `local`, of a machine that has none: its commands, which hecaton itself carries out.
#pragma once

namespace hecaton::launcher {

/// The word after the launcher's own name that makes it the batch system `local`; one of its commands follows.
inline constexpr const char* local_word = "__local";

/// Runs `argv` (ends with a null pointer) as a command of the batch system `local`, and returns the exit status.
int run_local(char** argv);

}  // namespace hecaton::launcher

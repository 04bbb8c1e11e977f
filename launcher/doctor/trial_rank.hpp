// One rank of the doctor's trial: a program of our own that uses the MPI which the user's program is linked with.
#pragma once

#include <string>

namespace hecaton::launcher {

/// The word after the launcher's own name that makes it a rank of the trial; then may come the user's program.
inline constexpr const char* trial_word = "__trial";

/// What such a rank says on standard output, a line for each step: "hecaton-trial STEP", and what follows the step.
namespace trial_step {
inline constexpr const char* mark = "hecaton-trial ";
inline constexpr const char* begun = "begun";              ///< it calls MPI_Init now
inline constexpr const char* initialised = "initialised";  ///< size of its world, microseconds that MPI_Init took
inline constexpr const char* exchanged = "exchanged";      ///< microseconds
inline constexpr const char* broken = "broken";            ///< why it can not go on
inline constexpr const char* ended = "ended";              ///< the last, also of a rank without MPI
}  // namespace trial_step

/// How much each rank sends to the next one: far more than MPI keeps in buffers, so that it takes every way there is.
inline constexpr int trial_bytes = 1'000'000;

/// Loads the MPI library that `program` is linked with (empty: none), initialises it, sends data around, sums up, and
/// finalises it. Returns the exit status; where MPI itself gives up, it ends the process.
int run_trial_rank(const std::string& program);

}  // namespace hecaton::launcher

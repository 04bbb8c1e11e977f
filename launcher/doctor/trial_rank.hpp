// One rank of the doctor's trial: a program of our own that uses the MPI of the user's program.
#pragma once

#include <string>

namespace hecaton::launcher {

/// The word after the launcher's own name that makes it a rank of the trial; the user's program may follow.
inline constexpr const char* trial_word = "__trial";

/// In place of the program: the MPI of the launcher that has started the rank.
inline constexpr const char* any_mpi = "-";

/// Such a rank prints a line for each step: "hecaton-trial STEP", and for some steps more words.
namespace trial_step {
inline constexpr const char* mark = "hecaton-trial ";
inline constexpr const char* begun = "begun";              ///< it calls MPI_Init now; with any_mpi: what MPI is
inline constexpr const char* initialised = "initialised";  ///< size of its world, microseconds that MPI_Init took
inline constexpr const char* exchanged = "exchanged";      ///< microseconds
inline constexpr const char* broken = "broken";            ///< why it cannot go on
inline constexpr const char* untried = "untried";          ///< why it has found no MPI
inline constexpr const char* ended = "ended";              ///< the last step, also of a rank without MPI: its host
}  // namespace trial_step

/// The bytes that each rank sends to the next one: more than MPI keeps in buffers, so that each of its ways is tried.
inline constexpr int trial_bytes = 1'000'000;

/// Loads the MPI library that `program` is linked with (empty: none; or any_mpi), initialises it, sends data around,
/// computes a sum, and finalises it. Returns the exit status. An MPI that fails ends the process itself.
int run_trial_rank(const std::string& program);

}  // namespace hecaton::launcher

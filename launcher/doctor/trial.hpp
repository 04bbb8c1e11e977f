// The doctor's trial: starts ranks of a program of our own (trial_rank.hpp) in the way in which hecaton run starts the
// user's program.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <launcher/base/options.hpp>
#include <launcher/engines/facts.hpp>

namespace hecaton::launcher {

/// The time for the ranks to start and end.
inline constexpr std::chrono::seconds trial_limit{10};

/// The result of a trial.
struct Trial {
    int ranks = 2;
    std::string options = "-n 2";  ///< options of hecaton run that do the same
    int status = 0;                ///< as that of hecaton run
    int heard = 0;                 ///< number of ranks that said that they end
    std::string said = {};         ///< all other text, by hecaton run and by the engine
    std::chrono::milliseconds took{0};

    Linked mpi = {};                     ///< the one that the ranks had to use
    std::string broken = {};             ///< why a rank could not use it, in the rank's words
    int begun = 0;                       ///< number of ranks that called MPI_Init
    int initialised = 0;                 ///< number of ranks whose MPI_Init returned
    int exchanged = 0;                   ///< number of ranks that got the others' data
    int world = 0;                       ///< ranks in the smallest world that a rank saw
    std::chrono::microseconds init{0};   ///< the longest MPI_Init
    std::chrono::microseconds moved{0};  ///< the longest exchange

    std::chrono::seconds limit = trial_limit;
    std::string library = {};             ///< the MPI that the ranks have found, in its own words; see any_mpi
    std::string untried = {};             ///< why the ranks have found none
    std::vector<std::string> hosts = {};  ///< where they have ended, in alphabetical order
};

/// Starts two ranks, or one on each host where there are several hosts, with the engine that the facts' program would
/// get. Waits for them, for trial_limit and a few seconds at most. They use the MPI of `program`, if that is the path
/// of a program with Open MPI or MPICH.
Trial try_ranks(const DoctorOptions& options, const PlanFacts& facts, const std::string& program);

/// Takes in one line of the output. Pure.
void hear(Trial& trial, const std::string& line);

/// The part of MPI that the ranks were in when the trial ended: "MPI_Init"; empty where they were not in MPI, or not
/// all ranks had begun. Pure.
std::string stage(const Trial& trial);

/// How it went, as a part of a sentence: what has taken how long, or what went wrong. Pure.
std::string in_words(const Trial& trial);

/// Whether all ranks have ended well, and have met in MPI where they used it. Pure.
bool well(const Trial& trial);

/// The other text in one short line: the words of hecaton run, and the telling paragraph of the engine's. Pure.
std::string gist(const Trial& trial);

}  // namespace hecaton::launcher

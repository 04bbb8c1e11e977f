// The doctor's trial: ranks of a program of our own (trial_rank.hpp), started the way that hecaton run starts the
// user's.
#pragma once

#include <chrono>
#include <string>

#include <launcher/base/options.hpp>
#include <launcher/engines/facts.hpp>

namespace hecaton::launcher {

/// What the ranks get to start and end in.
inline constexpr std::chrono::seconds trial_limit{10};

/// How it went.
struct Trial {
    int ranks = 2;
    std::string options = "-n 2";  ///< those of hecaton run that do the same
    int status = 0;                ///< as that of hecaton run
    int heard = 0;                 ///< how many ranks said that they end
    std::string said = {};         ///< all that was printed besides, by hecaton run and by the engine
    std::chrono::milliseconds took{0};

    Linked mpi = {};          ///< that the ranks were to use
    std::string broken = {};  ///< why a rank could not use it, where it was able to say that
    int begun = 0;            ///< how many ranks called MPI_Init, came out of it, and got what others sent
    int initialised = 0;
    int exchanged = 0;
    int world = 0;                       ///< ranks in the smallest world that a rank saw
    std::chrono::microseconds init{0};   ///< the longest MPI_Init
    std::chrono::microseconds moved{0};  ///< the longest exchange
};

/// Starts two ranks, or one on each host where there are several, by the engine that the facts' program would get, and
/// waits for them; trial_limit and a few seconds at most. They use the MPI of `program`, where that is the path of one
/// with Open MPI or MPICH.
Trial try_ranks(const DoctorOptions& options, const PlanFacts& facts, const std::string& program);

/// Takes in one line of what was printed. Pure.
void hear(Trial& trial, const std::string& line);

/// Where in MPI the ranks were when it ended: "MPI_Init"; empty where they were not in MPI, or not all of them had
/// begun. Pure.
std::string stage(const Trial& trial);

/// What was said besides, in one short line: what hecaton run says, and the first words of the engine. Pure.
std::string gist(const Trial& trial);

}  // namespace hecaton::launcher

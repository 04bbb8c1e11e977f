// The doctor's trial: ranks of a program of our own, which does nothing, started the way that hecaton run starts the
// user's.
#pragma once

#include <chrono>
#include <string>

#include "cli.hpp"
#include "facts.hpp"

namespace hecaton::launcher {

/// The word after the launcher's own name that makes it a rank of the trial, and what such a rank prints.
inline constexpr const char* trial_word = "__trial";
inline constexpr const char* trial_line = "a rank of hecaton's trial\n";

/// What the ranks get to start and end in.
inline constexpr std::chrono::seconds trial_limit{10};

/// How it went.
struct Trial {
    int ranks = 2;
    std::string options = "-n 2";  ///< those of hecaton run that do the same
    int status = 0;                ///< as that of hecaton run
    int heard = 0;                 ///< how many ranks' lines arrived
    std::string said = {};         ///< all that was printed besides, by hecaton run and by the engine
    std::chrono::milliseconds took{0};
};

/// Starts two ranks, or one on each host where there are several, by the engine that the facts' program would get, and
/// waits for them; trial_limit and a few seconds at most.
Trial try_ranks(const DoctorOptions& options, const Facts& facts);

/// What was said besides, in one short line: what hecaton run says, and the first words of the engine. Pure.
std::string gist(const Trial& trial);

}  // namespace hecaton::launcher

// The crash card: the lines about a rank that has failed. Pure.
#pragma once

#include <string>
#include <vector>

#include <launcher/supervision/rank_table.hpp>

namespace hecaton::launcher {

/// The lines for one rank: its number and host, how it ended, in which item, its last words, and the likely mend.
/// `closer` is a command that shows more; empty: none is known.
std::vector<std::string> crash_card(const RankTable& ranks, int rank, const std::string& closer);

/// "was ended by signal 9, SIGKILL (Killed)".
std::string how_it_ended(const Rank& rank);

/// True when the rank has explained its end in its last words ("hecaton: ...") and ended with a status of its own, so
/// that a card would only repeat them.
bool explained_itself(const Rank& rank);

}  // namespace hecaton::launcher

// The crash card: what is said when a rank has failed. Pure.
#pragma once

#include <string>
#include <vector>

#include <launcher/supervision/rank_table.hpp>

namespace hecaton::launcher {

/// The lines for one rank: who, where, how it ended, in which item, its last words, and the likely mend. `program` is
/// for the command that looks closer.
std::vector<std::string> crash_card(const RankTable& ranks, int rank, const std::string& program);

/// True when the rank has explained itself in its last words ("hecaton: ...") and ended with a status of its own, so
/// that a card would only repeat it.
bool explained_itself(const Rank& rank);

/// What is said where a rank rests because it is not the terminal's turn, which it never is.
std::string wants_terminal(int rank);

/// What is said where ranks ended well, and processes that they had started had to be ended after them; else empty.
std::string outlived(const RankTable& ranks);

/// "SIGSEGV"; "signal 50" for one without a name.
std::string signal_name(int signal);

}  // namespace hecaton::launcher

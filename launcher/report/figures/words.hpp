// What the report says in words. Pure.
#pragma once

#include <string>
#include <vector>

#include <launcher/report/figures/model.hpp>

namespace hecaton::launcher::report {

/// "41 s", "3 min 20 s", "1.2 ms".
std::string time_text(Nanoseconds time);
/// "71 %".
std::string percent(double share);
/// "item 812" or "items 800-819".
std::string items_text(const Piece& piece);

/// How well the ranks were used, and what they waited for. One line.
std::string sentence(const Recording& recording, const Model& model);

/// What a reader has to know before the figures count: the job died, or something is missing. Sentences.
std::vector<std::string> notes(const Recording& recording);

/// The sentence, the notes and a table of the calls, as `hecaton report` prints them.
std::string short_text(const Recording& recording, const Model& model);

}  // namespace hecaton::launcher::report

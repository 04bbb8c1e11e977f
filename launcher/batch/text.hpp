// What the files of the batch systems share: pieces of texts, checked values for directives, and what the answer to a
// submission says.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <launcher/batch/scheduler.hpp>

namespace hecaton::launcher::batch::text {

// ---- pieces ----
/// Without line ends, also those of other systems.
Words lines(std::string_view all);
/// The last of `most` pieces has the rest; 0: as many as there are.
Words split(std::string_view line, char at, std::size_t most = 0);
std::string trim(std::string_view words);
/// Letters, digits, and characters of `others` only, and not empty.
bool plain(std::string_view word, std::string_view others = "");
bool has(std::string_view all, std::string_view part);  ///< also in capitals
/// Digits only, and not more than a long can hold.
std::optional<long> number(std::string_view digits);
/// "1-02:03:04", "26:03:04" or "03:04"; nothing for a text without a colon.
std::optional<long> seconds(std::string_view clock);
/// "4000M", "4123456kb", "3.9 Gbytes", in bytes; 0 for what is no size.
std::uint64_t bytes(std::string_view size);
/// Hours, minutes and seconds, the hours without limit.
std::string clock(std::chrono::seconds time);

// ---- directives ----
/// `value` where it has letters, digits, and characters of `others` only; else a Refusal that says what it is.
std::string checked(const std::string& what, const std::string& value, std::string_view others = "");
/// A path for double quotes: neither quotes, backslashes, dollars, backticks, control characters nor any of `not_in`.
std::string path(const std::string& path, const std::string& title, std::string_view not_in = "");
/// A directive of the site or the user: one line.
std::string directive(const std::string& words);
/// A refusal because the batch system has no such thing.
[[noreturn]] void has_no(const std::string& title, const std::string& what, const std::string& instead);
/// The ids of `request.after`, checked, with `between` them.
std::string after(const Request& request, const std::string& between);
/// "0-9,12", with `shift` added to each number.
std::string ranges(const Array& array, int shift = 0);
int tasks(const Array& array);

/// The job's name for the batch system: the request's, and its token after a point. Where that is longer than
/// `longest`, the name is cut and the token is not.
std::string job_name(const Request& request, std::size_t longest = 200);
/// The other way: sets name and token; a token that is known already stays.
void take_name(View& view, const std::string& job_name);

// ---- answers ----
/// Words with which a part of an answer begins or that it has, and what to say then.
using Meanings = std::vector<std::pair<std::string_view, std::string_view>>;
/// What the first that `words` has means; empty for none.
std::string meaning(const Meanings& meanings, std::string_view words);
/// Words on one line, with single blanks.
std::string on_one_line(std::string_view words);
/// Whether the words say that a command has not reached its batch system at all: it is not set up on this machine, or
/// nothing listens. So nothing was submitted.
bool never_reached(std::string_view words);
/// Whether the answer may also come from a batch system that does not answer: a time-out, a signal, a broken
/// connection, or no word at all.
bool unclear(const Answer& answer);
/// Whether a list may be taken from it: the command came, ended with 0, and says nothing of a broken connection.
bool answered(const Answer& answer);
/// The number in the first line "NAME = 5" or "NAME 5"; nothing for 0, which is no limit, and for what is none.
std::optional<int> limit(const Answer& answer, std::string_view name);
/// Scheduler::id(): `ids` finds ids in the output. Nothing where it finds none or several.
std::optional<std::string> id(const Answer& answer, const std::string& command,
                              const std::function<Words(const Words& lines)>& ids, const Meanings& refusals);
/// One view of all tasks of an array: not ended as long as one of them has not, and not done where one is not.
std::optional<View> together(const std::vector<View>& tasks);

}  // namespace hecaton::launcher::batch::text

// How the room says what is wrong with a journal's file: one line that begins with the file, as the user wrote it.
#pragma once

#include <hecaton/foundation/error.hpp>
#include <string>
#include <string_view>

namespace hecaton::detail::journal {

[[noreturn]] inline void refuse(std::string_view file, std::string_view text) {
    throw JournalError(std::string(file).append(": ").append(text));
}

/// SQLite's result code, as a reason and what to do.
std::string explain(int code, std::string_view text);

/// The text without line ends.
std::string one_line(std::string text);

/// What to do about a damaged file.
inline constexpr std::string_view when_damaged =
    "; `hecaton journal verify` says more; name another file for a fresh start, or put back a copy of this one";

}  // namespace hecaton::detail::journal

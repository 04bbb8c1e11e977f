// The values of options: text in, a value or a Refusal out.
#pragma once

#include <chrono>
#include <hecaton/launch/command.hpp>
#include <string>
#include <utility>
#include <vector>

namespace hecaton::launcher {

/// A whole number from 1 to most_ranks. `option` and `what` are for the refusal: "-n x: the number of ranks must
/// be ...".
int positive_number(const std::string& option, const std::string& what, const std::string& text);

/// "0-3,7": first and last of each part, which rise and do not meet.
std::vector<std::pair<int, int>> number_list(const std::string& option, const std::string& what,
                                             const std::string& text);

/// "512M", "4G", "1.5T"; a bare number is MiB. In MiB, rounded up.
long memory_size(const std::string& option, const std::string& text);

/// "90", "1.5s", "10m", "1h30m", "300ms"; a bare number is seconds. Above 0 unless `zero_too`.
std::chrono::milliseconds duration(const std::string& option, const std::string& text, bool zero_too = false);

/// "a:8,b:8,[fd00::7]:8,c": names with numbers of slots, 1 where none is given. IPv6 addresses are in brackets; the
/// result has them without. A host that is named again gets more slots.
std::vector<detail::launch::Host> host_list(const std::string& text);

/// The hosts of a file: a line each, "name", "name:8", "name slots=8" or "name 8"; # begins a comment. In the
/// latter two, an IPv6 address needs no brackets.
std::vector<detail::launch::Host> host_file(const std::string& path);

/// "NAME=value"; "NAME" alone takes the value from `environment`.
std::pair<std::string, std::string> setting(const std::string& text, const detail::launch::Variables& environment);

/// A command in words, split at spaces; single and double quotes keep words together.
std::vector<std::string> command_words(const std::string& option, const std::string& text);

}  // namespace hecaton::launcher

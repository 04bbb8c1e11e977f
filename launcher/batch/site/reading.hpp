// Pieces of what batch systems say of themselves: "name = value" lines, sizes, ranges of numbers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <launcher/batch/site/site.hpp>

namespace hecaton::launcher::batch::reading {

/// Names and values, in their order. A name may stand there several times.
using Pairs = std::vector<std::pair<std::string, std::string>>;

/// The value of the first one of that name, without blanks around it; empty where there is none.
std::string value(const Pairs& pairs, std::string_view name);
/// The number with which it begins: "300 sec".
std::optional<long> number(const Pairs& pairs, std::string_view name);

/// The lines "name = value", the name and the value without blanks around them. `at` may be a blank: then the value
/// follows the first blanks of the line.
Pairs pairs(const Words& lines, std::string_view at);

/// A text in parts, each of which begins with a line for which `begins` is true, up to the next one. What comes before
/// the first one is left out.
template <class Begins>
std::vector<Words> parts(const Words& lines, const Begins& begins) {
    std::vector<Words> all;
    for (const std::string& line : lines) {
        if (begins(line)) all.emplace_back();
        if (!all.empty()) all.back().push_back(line);
    }
    return all;
}

/// The words of a line, between blanks.
Words words(std::string_view line);

/// "23.5G", "197693956kb", "512mb" as MiB; a number alone has `unit`. Nothing for another text.
std::optional<long> mebibytes(std::string_view size, char unit = 'b');

/// Whether a number is in "1-9,18".
bool has_number(std::string_view ranges, long number);

/// Takes in another value.
void widen(Span& span, long value);

/// Whether a text says yes: "True", "1", "yes", "y".
bool yes(std::string_view word);

}  // namespace hecaton::launcher::batch::reading

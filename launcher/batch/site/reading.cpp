#include <launcher/batch/site/reading.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>

#include <launcher/batch/text.hpp>

namespace hecaton::launcher::batch::reading {

std::string value(const Pairs& pairs, std::string_view name) {
    const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.first == name; });
    return found == pairs.end() ? "" : found->second;
}

std::optional<long> number(const Pairs& pairs, std::string_view name) {
    const std::string all = value(pairs, name);
    return text::number(all.substr(0, all.find_first_not_of("0123456789")));
}

Pairs pairs(const Words& lines, std::string_view at) {
    Pairs all;
    for (const std::string& line : lines) {
        const std::string whole = text::trim(line);
        const auto found = whole.find(at);
        if (found == std::string::npos || found == 0) continue;
        all.emplace_back(text::trim(whole.substr(0, found)), text::trim(whole.substr(found + at.size())));
    }
    return all;
}

Words words(std::string_view line) {
    Words all;
    for (const std::string& part : text::split(line, ' '))
        if (std::string word = text::trim(part); !word.empty()) all.push_back(std::move(word));
    return all;
}

std::optional<long> mebibytes(std::string_view size, char unit) {
    double amount = 0;
    const auto [end, problem] = std::from_chars(size.data(), size.data() + size.size(), amount);
    if (problem != std::errc{} || !(amount >= 0)) return std::nullopt;
    const std::string_view rest = size.substr(static_cast<std::size_t>(end - size.data()));
    const char letter = rest.empty() ? unit : static_cast<char>(std::tolower(static_cast<unsigned char>(rest.front())));
    static constexpr std::string_view units = "bkmgtp";
    const auto power = units.find(letter);
    if (power == std::string_view::npos || rest.size() > 3) return std::nullopt;
    double bytes = amount;
    for (std::size_t i = 0; i < power; ++i) bytes *= 1024;
    const double all = bytes / (1024 * 1024);
    if (all > 1e15) return std::nullopt;
    return static_cast<long>(all);
}

bool has_number(std::string_view ranges, long number) {
    for (const std::string& range : text::split(ranges, ',')) {
        const auto dash = range.find('-');
        const auto first = text::number(text::trim(range.substr(0, dash)));
        const auto last = dash == std::string::npos ? first : text::number(text::trim(range.substr(dash + 1)));
        if (first && last && *first <= number && number <= *last) return true;
    }
    return false;
}

void widen(Span& span, long value) {
    if (value <= 0) return;
    span.least = span.least == 0 ? value : std::min(span.least, value);
    span.most = std::max(span.most, value);
}

bool yes(std::string_view word) {
    return word == "1" || text::has(word, "true") || text::has(word, "yes") || word == "y" || word == "Y";
}

}  // namespace hecaton::launcher::batch::reading

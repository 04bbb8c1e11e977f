#include <launcher/cli/values.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string_view>

#include <launcher/base/refusal.hpp>

namespace hecaton::launcher {
namespace {

// The whole text as a number; -1 where it is none.
int whole_number(std::string_view text) {
    int number = -1;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    return problem == std::errc() && end == text.data() + text.size() ? number : -1;
}

// The milliseconds of a unit; 0 where it is none.
double scale_of(std::string_view unit) {
    return unit == "ms"  ? 1
           : unit == "s" ? 1e3
           : unit == "m" ? 60e3
           : unit == "h" ? 3'600e3
           : unit == "d" ? 86'400e3
                         : 0;
}

void add_host(std::vector<detail::launch::Host>& hosts, const std::string& name, int slots) {
    const auto same = std::ranges::find(hosts, name, &detail::launch::Host::name);
    if (same == hosts.end())
        hosts.push_back({.name = name, .slots = slots});
    else
        same->slots = static_cast<int>(
            std::min<long long>(detail::launch::most_ranks, static_cast<long long>(same->slots) + slots));
}

// A host's name; an IPv6 address loses its brackets.
std::string host_name(const std::string& text) {
    return text.starts_with('[') && text.ends_with(']') ? text.substr(1, text.size() - 2) : text;
}

// `word` is what was written for the name; the refusal begins with `where`.
void check_host(const std::string& name, const std::string& word, const std::string& where) {
    if (name.empty() || name.starts_with('-') || name.find_first_of("[]") != std::string::npos)
        throw Refusal(
            wrong_command_line,
            fmt::format("{}: '{}' is no host; write name or name:SLOTS, and [ADDRESS]:SLOTS for IPv6", where, word));
}

// "name" or "name:8". An IPv6 address has colons of its own.
void add_host_word(std::vector<detail::launch::Host>& hosts, const std::string& word, const std::string& where) {
    const auto bracket = word.starts_with('[') ? word.find(']') : 0;
    const auto colon = bracket == std::string::npos ? bracket : word.find(':', bracket);
    const std::string name = host_name(word.substr(0, colon));
    const int slots = colon == std::string::npos ? 1 : whole_number(std::string_view(word).substr(colon + 1));
    check_host(slots < 1 ? "" : name, word, where);
    add_host(hosts, name, slots);
}

}  // namespace

int positive_number(const std::string& option, const std::string& what, const std::string& text) {
    const int number = whole_number(text);
    if (number < 1 || number > detail::launch::most_ranks)
        throw Refusal(wrong_command_line, fmt::format("{} {}: {} must be a whole number from 1 to {}", option, text,
                                                      what, detail::launch::most_ranks));
    return number;
}

std::vector<std::pair<int, int>> number_list(const std::string& option, const std::string& what,
                                             const std::string& text) {
    std::vector<std::pair<int, int>> parts;
    std::istringstream words(text);
    bool good = !text.empty() && text.back() != ',';
    for (std::string word; good && std::getline(words, word, ',');) {
        const auto dash = word.find('-');
        const int first = whole_number(word.substr(0, dash));
        const int last = dash == std::string::npos ? first : whole_number(word.substr(dash + 1));
        good = first >= 0 && last >= first && last < detail::launch::most_ranks &&
               (parts.empty() || first > parts.back().second);
        parts.emplace_back(first, last);
    }
    if (!good)
        throw Refusal(wrong_command_line,
                      fmt::format("{} {}: write {} like 3, 0-9 or 0-3,7, in rising order", option, text, what));
    return parts;
}

long memory_size(const std::string& option, const std::string& text) {
    double number = -1;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    for (const std::string_view ending : {"iB", "B"})
        if (unit.size() > ending.size() && unit.ends_with(ending)) unit.remove_suffix(ending.size());
    const double scale = unit.empty() || unit == "M" ? 1
                         : unit == "K"               ? 1.0 / 1024
                         : unit == "G"               ? 1024
                         : unit == "T"               ? 1024 * 1024
                                                     : 0;
    const double size = std::ceil(number * scale);
    if (problem != std::errc() || !(size >= 1) || size > 1e12)
        throw Refusal(wrong_command_line, fmt::format("{} {}: write a size like 512M, 4G or 1T", option, text));
    return static_cast<long>(size);
}

std::chrono::milliseconds duration(const std::string& option, const std::string& text, bool zero_too) {
    const char* at = text.data();
    const char* const end = at + text.size();
    double found = 0;
    double before = HUGE_VAL;  // each part has a smaller unit
    bool good = at != end;
    while (good && at != end) {
        double number = -1;
        const auto [unit, problem] = std::from_chars(at, end, number);
        const bool bare = unit == text.data() + text.size() && before == HUGE_VAL;
        at = std::find_if(unit, end, [](char letter) { return letter < 'a' || letter > 'z'; });
        const double scale = bare ? 1e3 : scale_of({unit, static_cast<std::size_t>(at - unit)});
        good = problem == std::errc() && number >= 0 && scale > 0 && scale < before;
        found += number * scale;
        before = scale;
    }
    good = good && std::isfinite(found) && found < 1e13;
    if (!good || (found < 1 && !(zero_too && found == 0)))
        throw Refusal(wrong_command_line, fmt::format("{} {}: write a time like 90s, 10m or 1h30m", option, text));
    return std::chrono::milliseconds(static_cast<long long>(found));
}

std::vector<detail::launch::Host> host_list(const std::string& text) {
    std::vector<detail::launch::Host> hosts;
    std::istringstream words(text);
    for (std::string word; std::getline(words, word, ',');) add_host_word(hosts, word, "--hosts");
    if (hosts.empty()) throw Refusal(wrong_command_line, "--hosts: name at least one, for example --hosts a:8,b:8");
    return hosts;
}

std::vector<detail::launch::Host> host_file(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw Refusal(wrong_command_line, fmt::format("--hostfile {}: the file cannot be read", path));
    std::vector<detail::launch::Host> hosts;
    int number = 0;
    for (std::string line; std::getline(file, line);) {
        ++number;
        std::istringstream words(line.substr(0, line.find('#')));
        std::string name;
        std::string slots;
        if (!(words >> name)) continue;
        const std::string where = fmt::format("{}, line {}", path, number);
        if (!(words >> slots)) {
            add_host_word(hosts, name, where);
            continue;
        }
        check_host(host_name(name), name, where);
        const int count = whole_number(std::string_view(slots).substr(slots.starts_with("slots=") ? 6 : 0));
        if (count < 1)
            throw Refusal(wrong_command_line,
                          fmt::format("{}: '{}' is no number of slots; write: {} slots=8", where, slots, name));
        add_host(hosts, host_name(name), count);
    }
    if (hosts.empty()) throw Refusal(wrong_command_line, fmt::format("--hostfile {}: no host in it", path));
    return hosts;
}

std::pair<std::string, std::string> setting(const std::string& text, const detail::launch::Variables& environment) {
    const auto equals = text.find('=');
    const std::string name = text.substr(0, equals);
    if (name.empty()) throw Refusal(wrong_command_line, fmt::format("--env {}: write NAME=VALUE", text));
    if (equals != std::string::npos) return {name, text.substr(equals + 1)};
    const auto found = environment.find(name);
    if (found == environment.end())
        throw Refusal(wrong_command_line, fmt::format("--env {}: it is not set here; write {}=VALUE", name, name));
    return {name, found->second};
}

std::vector<std::string> command_words(const std::string& option, const std::string& text) {
    std::vector<std::string> words;
    std::string word;
    bool inside = false;
    char quote = 0;
    for (const char letter : text) {
        if (quote != 0 && letter == quote) {
            quote = 0;
        } else if (quote == 0 && (letter == '\'' || letter == '"')) {
            quote = letter;
            inside = true;
        } else if (quote == 0 && letter == ' ') {
            if (inside) words.push_back(std::exchange(word, {}));
            inside = false;
        } else {
            word += letter;
            inside = true;
        }
    }
    if (inside) words.push_back(word);
    if (quote != 0 || words.empty())
        throw Refusal(wrong_command_line, fmt::format("{} {}: that is no command", option, text));
    return words;
}

}  // namespace hecaton::launcher

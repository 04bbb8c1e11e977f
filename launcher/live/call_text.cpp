#include <launcher/live/call_text.hpp>

#include <fmt/format.h>

#include <algorithm>

#include <launcher/base/figures.hpp>

namespace hecaton::launcher {
namespace {

constexpr std::size_t longest_bar = 30;
constexpr std::size_t shortest_bar = 8;
constexpr std::size_t longest_name = 24;  // of one among several

bool continues(char letter) { return (static_cast<unsigned char>(letter) & 0xC0U) == 0x80U; }  // a character of UTF-8

std::size_t columns(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char letter) { return !continues(letter); }));
}

double part(const link::Call& call) {
    return call.items == 0 ? 0 : std::min(1.0, static_cast<double>(call.done) / static_cast<double>(call.items));
}

// Not 100 % before all are done.
int percent(const link::Call& call) { return static_cast<int>(100 * part(call)); }

std::string rate_text(double rate) {
    if (rate >= 9.95) return fmt::format("{:.0f}", rate);
    return fmt::format("{:.{}f}", rate, rate >= 0.995 ? 1 : 2);
}

std::string bar(double done, std::size_t width) {
    const std::size_t inside = width - 2;
    const auto full = static_cast<std::size_t>(done * static_cast<double>(inside));
    std::string text(full, '=');
    if (full < inside) text += '>';
    text.resize(inside, ' ');
    return "[" + text + "]";
}

std::string failures(const link::Call& call) {
    return call.failed == 0 ? std::string() : fmt::format(", {} failed", call.failed);
}

std::string line_of_one(const CallState& state, std::size_t width) {
    const link::Call& call = state.call;
    const std::string name = call.name.empty() ? "" : cut_to(call.name, width / 3) + " ";
    std::string figures = call.items == 0 ? fmt::format("{} items", call.done)
                                          : fmt::format("{} %, {} of {}", percent(call), call.done, call.items);
    figures += failures(call);
    if (state.pace.rate() > 0) figures += fmt::format(", {}/s", rate_text(state.pace.rate()));
    if (const auto left = state.left()) figures += ", " + left_text(*left);
    const std::size_t used = columns(name) + columns(figures) + 1;
    if (call.items == 0 || used + shortest_bar > width) return cut_to(name + figures, width);
    return name + bar(part(call), std::min(longest_bar, width - used)) + " " + figures;
}

std::string short_text(const CallState& state) {
    const link::Call& call = state.call;
    std::string text = call.name.empty() ? fmt::format("call {}", call.number) : cut_to(call.name, longest_name);
    text += call.items == 0 ? fmt::format(" {} items", call.done) : fmt::format(" {} %", percent(call));
    text += failures(call);
    if (const auto left = state.left()) text += ", " + left_text(*left);
    return text;
}

}  // namespace

void CallState::now(const link::Call& told) {
    call = told;
    pace.add(static_cast<double>(told.milliseconds) / 1'000, told.done - std::min(told.restored, told.done));
}

std::optional<TimeLeft> CallState::left() const {
    if (call.ended || call.items <= call.done) return std::nullopt;
    return pace.left(call.items - call.done);
}

std::string call_line(const CallState& state) {
    const link::Call& call = state.call;
    std::string line = call.name.empty() ? "" : cut_to(call.name, call.name.size()) + ": ";
    line += call.items == 0 ? fmt::format("{} items", call.done)
                            : fmt::format("{} of {} items ({} %)", call.done, call.items, percent(call));
    line += failures(call);
    line += ", after " + time_text(static_cast<double>(call.milliseconds) / 1'000);
    if (!call.ended && state.pace.rate() > 0) line += fmt::format(", {} a second", rate_text(state.pace.rate()));
    if (const auto left = state.left()) line += ", " + left_text(*left);
    return line;
}

std::string calls_line(const std::vector<const CallState*>& states, std::size_t width) {
    if (states.empty()) return {};
    if (states.size() == 1) return line_of_one(*states.front(), width);
    std::string line;
    for (std::size_t i = 0; i < states.size(); ++i) {
        const std::string next = (i == 0 ? "" : " | ") + short_text(*states[i]);
        const std::string rest = i + 1 == states.size() ? "" : fmt::format(" | {} more", states.size() - i - 1);
        if (i != 0 && columns(line) + columns(next) + columns(rest) > width)
            return cut_to(line + fmt::format(" | {} more", states.size() - i), width);
        line += next;
    }
    return cut_to(line, width);
}

std::string cut_to(const std::string& text, std::size_t width) {
    std::string cut;
    for (const char letter : text) {
        if (!continues(letter) && width-- == 0) return cut;
        const auto code = static_cast<unsigned char>(letter);
        cut += code < 0x20 || code == 0x7F ? '?' : letter;
    }
    return cut;
}

}  // namespace hecaton::launcher

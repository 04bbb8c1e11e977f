#include <launcher/top/screen.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <hecaton/launch/command.hpp>

#include <launcher/base/figures.hpp>

namespace hecaton::launcher::top {
namespace {

std::string command_of(const Snapshot& run) {
    std::string line;
    for (const auto& word : run.command) line += (line.empty() ? "" : " ") + detail::launch::shell_quoted(word);
    return line;
}

std::string age(const Snapshot& run) {
    return time_text(static_cast<double>(run.taken - std::min(run.started, run.taken)));
}

std::string item_of(const link::Item& item) {
    return item.items > 0 ? fmt::format("{} of {}", item.index, item.items) : std::to_string(item.index);
}

}  // namespace

// Of calls that have ended nothing is left to be known.
void Screen::now(const Snapshot& snapshot) {
    last_ = snapshot;
    decltype(calls_) calls;
    for (const auto& call : snapshot.calls) {
        auto& state = calls[{call.number, call.name}];
        if (const auto before = calls_.find({call.number, call.name}); before != calls_.end()) state = before->second;
        state.now(call);
    }
    calls_ = std::move(calls);
}

std::vector<std::string> Screen::lines(std::size_t rows, std::size_t columns) const {
    std::vector<std::string> lines;
    lines.push_back(fmt::format("{} on {}, for {}: {} of {} ranks run, {} of them an item", last_.pid, last_.host,
                                age(last_), last_.alive, last_.ranks, last_.busy));
    lines.push_back("  " + command_of(last_));
    for (const auto& [key, state] : calls_) lines.push_back(calls_line({&state}, columns));
    if (calls_.empty()) lines.emplace_back("no call goes on that is known");
    std::vector<std::vector<std::string>> cells{{"rank", "host", "for", "call", "item"}};
    for (const auto& [rank, host, item] : last_.items)
        cells.push_back({std::to_string(rank), host, time_in(item), item.name.empty() ? "-" : item.name,
                         item_of(item) + (item.attempt > 1 ? fmt::format(", attempt {}", item.attempt) : "")});
    const std::size_t left = rows == 0 ? cells.size() : rows - std::min(rows, lines.size() + 1);
    if (cells.size() > left) cells.resize(left);
    if (!last_.items.empty() && !cells.empty()) {
        const std::string text = table(cells);
        for (std::size_t at = 0; at < text.size();) {
            const auto end = text.find('\n', at);
            lines.push_back(text.substr(at, end - at));
            at = end == std::string::npos ? text.size() : end + 1;
        }
        const auto shown = cells.size() - 1;
        if (static_cast<std::size_t>(last_.busy) > shown)
            lines.push_back(fmt::format("and {} more, for less time", static_cast<std::size_t>(last_.busy) - shown));
    }
    if (rows != 0 && lines.size() > rows) lines.resize(rows);
    for (auto& line : lines) line = cut_to(line, columns);
    return lines;
}

std::string table_of_runs(const std::vector<Snapshot>& runs) {
    std::vector<std::vector<std::string>> lines{{"pid", "for", "ranks", "busy", "command"}};
    for (const auto& run : runs)
        lines.push_back({std::to_string(run.pid), age(run), std::to_string(run.ranks), std::to_string(run.busy),
                         cut_to(command_of(run), 100)});
    return table(lines);
}

}  // namespace hecaton::launcher::top

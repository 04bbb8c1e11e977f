// Flux. From its manual; not tried on a real one.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include <launcher/batch/site/reading.hpp>
#include <launcher/batch/text.hpp>

namespace hecaton::launcher::batch {

namespace {

/// "30m", "1.5h", "90s", "2d" or "90", in seconds; "inf" and 0 are no limit.
std::optional<long> duration(const std::string& words) {
    double amount = 0;
    const auto [end, problem] = std::from_chars(words.data(), words.data() + words.size(), amount);
    if (problem != std::errc{} || !(amount > 0) || amount > 1e9) return std::nullopt;
    const std::string unit(end, static_cast<std::size_t>(words.data() + words.size() - end));
    const double seconds = unit == "d" ? 86'400 : unit == "h" ? 3'600 : unit == "m" ? 60 : unit == "ms" ? 1e-3 : 1;
    if (unit.size() > 2 || amount * seconds > 1e12) return std::nullopt;
    return static_cast<long>(amount * seconds);
}

std::vector<Queue> flux_queues(const std::string& output) {
    std::vector<Queue> queues;
    for (const std::string& line : text::lines(output)) {
        const Words columns = text::split(line, '|');
        if (columns.size() != 6 || (columns[1] != "enabled" && columns[1] != "disabled")) continue;
        Queue queue{.name = text::trim(columns[0])};
        queue.usual = queue.name.ends_with('*') || queue.name.empty();
        if (queue.name.ends_with('*')) queue.name.pop_back();
        queue.open = columns[1] == "enabled" && text::trim(columns[2]) == "started";
        queue.state = columns[1] + ", " + text::trim(columns[2]);
        queue.given_limit = duration(text::trim(columns[3]));
        queue.limit = duration(text::trim(columns[4]));
        const auto dash = columns[5].find('-');  // "1-4", "0-infinity"
        if (dash != std::string::npos) queue.most_nodes = text::number(columns[5].substr(dash + 1)).value_or(0);
        queues.push_back(std::move(queue));
    }
    return queues;
}

/// Lines of a state, numbers of nodes and of their cores together.
Nodes flux_nodes(const std::string& output) {
    Nodes nodes;
    for (const std::string& line : text::lines(output)) {
        const Words columns = text::split(line, '|');
        if (columns.size() != 3) continue;
        const auto count = text::number(text::trim(columns[1]));
        const auto cores = text::number(text::trim(columns[2]));
        if (!count || !cores || *count <= 0 || *count > 10'000'000) continue;
        nodes.count += static_cast<int>(*count);
        if (text::trim(columns[0]) == "down") nodes.down += static_cast<int>(*count);
        reading::widen(nodes.cores, *cores / *count);
    }
    return nodes;
}

}  // namespace

std::vector<Words> flux_site_questions() {
    return {{"flux", "queue", "list", "-n", "-o",
             "{queuem}|{submission}|{scheduling}|{defaults.timelimit}|{limits.timelimit}|{limits.range.nnodes}"},
            {"flux", "version"},
            {"flux", "resource", "list", "-n", "-s", "up,down", "-o", "{state}|{nnodes}|{ncores}"}};
}

Site flux_site(const Words& answers) {
    Site site;
    site.queues = flux_queues(answers[0]);
    for (const std::string& line : text::lines(answers[1]))
        if (line.starts_with("broker:") || (site.version.empty() && line.starts_with("commands:")))
            site.version = text::trim(line.substr(line.find(':') + 1));
    site.nodes = flux_nodes(answers[2]);
    site.settings.push_back({"arrays", "Flux has none: an --array is a job for each task", ""});
    return site;
}

}  // namespace hecaton::launcher::batch

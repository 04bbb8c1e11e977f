// Grid Engine. Tried on a real Son of Grid Engine 8.1.9.
#include <fmt/format.h>

#include <algorithm>

#include <launcher/batch/site/reading.hpp>
#include <launcher/batch/text.hpp>

namespace hecaton::launcher::batch {

namespace {

using reading::Pairs;

/// A backslash at the end of a line: the next one goes on with it.
Words joined_lines(const std::string& output) {
    Words all;
    bool goes_on = false;
    for (const std::string& line : text::lines(output)) {
        std::string words = line;
        const bool more = words.ends_with('\\');
        if (more) words.pop_back();
        if (goes_on)
            all.back() += text::trim(words);
        else
            all.push_back(std::move(words));
        goes_on = more;
    }
    return all;
}

/// "INFINITY", "24:00:00", or seconds; per host behind a comma: "24:00:00,[h1=1:00:00]".
std::optional<long> time_in(const std::string& words) {
    const std::string usual = words.substr(0, words.find(','));
    if (const auto clock = text::seconds(usual)) return clock;
    return text::number(usual);
}

/// The queues that start and stop: `qstat -g c` counts slots, the last two columns those that cannot be used.
struct Slots {
    std::string queue;
    long all = 0;
    long unusable = 0;
};

std::vector<Slots> slots_in(const std::string& output) {
    std::vector<Slots> found;
    for (const std::string& line : text::lines(output)) {
        const Words columns = reading::words(line);
        if (columns.size() != 8) continue;
        const auto all = text::number(columns[5]);
        const auto unusable = text::number(columns[7]);
        if (all && unusable) found.push_back({columns[0], *all, *unusable});
    }
    return found;
}

std::vector<Queue> grid_engine_queues(const std::string& output, const std::vector<Slots>& slots) {
    std::vector<Queue> queues;
    const auto begins = [](const std::string& line) { return line.starts_with("qname "); };
    for (const Words& part : reading::parts(joined_lines(output), begins)) {
        const Pairs pairs = reading::pairs(part, " ");
        Queue queue{.name = reading::value(pairs, "qname")};
        if (queue.name.empty()) continue;
        queue.limit = time_in(reading::value(pairs, "h_rt"));
        std::string environments = reading::value(pairs, "pe_list");
        std::replace(environments.begin(), environments.end(), ',', ' ');
        queue.environments = reading::words(environments);
        std::erase(queue.environments, "NONE");
        reading::widen(queue.nodes.cores, reading::number(pairs, "slots").value_or(0));
        for (const Slots& one : slots)
            if (one.queue == queue.name) {
                queue.open = one.all > one.unusable;
                queue.state = fmt::format("{} slots, of which {} cannot be used", one.all, one.unusable);
                if (one.unusable == 0) queue.state = fmt::format("{} slots", one.all);
            }
        queues.push_back(std::move(queue));
    }
    return queues;
}

std::vector<Environment> environments_in(const std::string& output) {
    std::vector<Environment> found;
    const auto begins = [](const std::string& line) { return line.starts_with("pe_name "); };
    for (const Words& part : reading::parts(joined_lines(output), begins)) {
        const Pairs pairs = reading::pairs(part, " ");
        Environment made{.name = reading::value(pairs, "pe_name")};
        if (made.name.empty()) continue;
        made.slots = reading::number(pairs, "slots").value_or(0);
        made.rule = reading::value(pairs, "allocation_rule");
        made.controls = reading::yes(reading::value(pairs, "control_slaves"));
        found.push_back(std::move(made));
    }
    return found;
}

/// `qhost`: HOSTNAME ARCH NCPU NSOC NCOR NTHR LOAD MEMTOT ..., or without the three in the middle; "-" for a host that
/// does not report.
Nodes grid_engine_nodes(const std::string& output) {
    Nodes nodes;
    std::size_t memory = 0;
    for (const std::string& line : text::lines(output)) {
        const Words columns = reading::words(line);
        if (columns.size() > 4 && columns[0] == "HOSTNAME") {
            const auto found = std::find(columns.begin(), columns.end(), "MEMTOT");
            memory = found == columns.end() ? 0 : static_cast<std::size_t>(found - columns.begin());
        } else if (memory > 0 && columns.size() > memory && columns[0] != "global") {
            ++nodes.count;
            if (const auto cores = text::number(columns[2]))
                reading::widen(nodes.cores, *cores);
            else
                ++nodes.down;
            reading::widen(nodes.memory, reading::mebibytes(columns[memory]).value_or(0));
        }
    }
    return nodes;
}

/// "SGE 8.1.9", or another of its names and a number.
std::string version_of(const std::string& output) {
    const Words lines = text::lines(output);
    const Words first = lines.empty() ? Words{} : reading::words(lines.front());
    return first.size() > 1 && text::plain(first.back(), "._-") ? first.back() : "";
}

}  // namespace

std::vector<Words> grid_engine_site_questions() {
    const auto each = [](const std::string& list, const std::string& show) -> Words {
        return {"/bin/sh", "-c", "for one in $(" + list + "); do " + show + " \"$one\"; done"};
    };
    return {{"qconf", "-sconf"},  {"qconf", "-help"}, each("qconf -sql", "qconf -sq"), each("qconf -spl", "qconf -sp"),
            {"qstat", "-g", "c"}, {"qhost"}};
}

Site grid_engine_site(const Words& answers) {
    Site site;
    const Pairs config = reading::pairs(joined_lines(answers[0]), " ");
    site.version = version_of(answers[1]);
    site.queues = grid_engine_queues(answers[2], slots_in(answers[4]));
    site.environments = environments_in(answers[3]);
    site.nodes = grid_engine_nodes(answers[5]);
    if (const auto size = reading::number(config, "max_aj_tasks"))
        site.settings.push_back({"arrays",
                                 *size > 0
                                     ? fmt::format("max_aj_tasks {}: a longer --array is submitted in parts", *size)
                                     : std::string("max_aj_tasks 0: an --array may have any number of tasks"),
                                 ""});
    if (const auto most = reading::number(config, "max_u_jobs"); most && *most > 0)
        site.settings.push_back({"limits", fmt::format("max_u_jobs {}: a user has that many jobs at most", *most), ""});
    if (reading::value(config, "enforce_project") == "true")
        site.settings.push_back(
            {"projects", "enforce_project true: a job has to name one (--account)", "qconf -sprjl lists them"});
    return site;
}

}  // namespace hecaton::launcher::batch

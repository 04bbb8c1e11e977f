// LSF. From its manual; not tried on a real one.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <launcher/batch/site/reading.hpp>
#include <launcher/batch/text.hpp>

namespace hecaton::launcher::batch {

namespace {

/// The line behind the heading RUNLIMIT: " 480.0 min", " 480.0 min of hostA".
std::optional<long> run_limit(const Words& lines, std::size_t first, std::size_t end) {
    for (std::size_t at = first; at + 1 < end; ++at) {
        const Words heading = reading::words(lines[at]);
        const auto column = std::find(heading.begin(), heading.end(), "RUNLIMIT");
        if (column == heading.end()) continue;
        // Other limits of the same line have the form "480.0 min" too, so the place in the line decides.
        const auto under = lines[at].find("RUNLIMIT");
        const std::string& values = lines[at + 1];
        const Words words = reading::words(under < values.size() && heading.size() > 1 ? values.substr(under) : values);
        if (words.size() < 2 || words[1] != "min") return std::nullopt;
        const std::string whole = words[0].substr(0, words[0].find('.'));
        if (const auto minutes = text::number(whole); minutes && *minutes < 100'000'000) return *minutes * 60;
    }
    return std::nullopt;
}

/// The status is the third column, under "PRIO NICE STATUS".
std::string status_of(const Words& lines) {
    for (std::size_t at = 0; at + 1 < lines.size(); ++at)
        if (const Words heading = reading::words(lines[at]);
            heading.size() > 2 && heading[0] == "PRIO" && heading[2] == "STATUS")
            if (const Words values = reading::words(lines[at + 1]); values.size() > 2) return values[2];
    return "";
}

std::vector<Queue> lsf_queues(const std::string& output, const std::string& usual) {
    static constexpr std::string_view mark = "QUEUE: ";
    std::vector<Queue> queues;
    const auto begins = [](const std::string& line) { return line.starts_with(mark); };
    for (const Words& part : reading::parts(text::lines(output), begins)) {
        Queue queue{.name = text::trim(part.front().substr(mark.size()))};
        if (queue.name.empty()) continue;
        queue.state = status_of(part);
        queue.open = queue.state.empty() || (text::has(queue.state, "Open") && text::has(queue.state, ":Active"));
        // "normal interactive": of several, the first that takes the job.
        const Words usual_ones = reading::words(usual);
        queue.usual = !usual_ones.empty() && usual_ones.front() == queue.name;
        const auto is = [](const char* heading) {
            return [heading](const std::string& line) { return text::trim(line).starts_with(heading); };
        };
        const auto place = [&](const char* heading) {
            return static_cast<std::size_t>(std::find_if(part.begin(), part.end(), is(heading)) - part.begin());
        };
        const std::size_t most = place("MAXIMUM LIMITS");  // where there are defaults too, each has its heading
        const std::size_t given = place("DEFAULT LIMITS");
        queue.limit = run_limit(part, most < part.size() ? most : 0, part.size());
        if (given < part.size()) queue.given_limit = run_limit(part, given, std::max(most, given));
        queues.push_back(std::move(queue));
    }
    return queues;
}

/// `lshosts -w`: HOST_NAME type model cpuf ncpus maxmem maxswp server RESOURCES; "-" where it is not known.
Nodes lsf_nodes(const std::string& output) {
    Nodes nodes;
    for (const std::string& line : text::lines(output)) {
        const Words columns = reading::words(line);
        if (columns.size() < 8 || columns[0] == "HOST_NAME" || columns[7] != "Yes") continue;
        ++nodes.count;
        if (const auto cores = text::number(columns[4]))
            reading::widen(nodes.cores, *cores);
        else
            ++nodes.down;
        reading::widen(nodes.memory, reading::mebibytes(columns[5], 'm').value_or(0));
    }
    return nodes;
}

/// "IBM Spectrum LSF Standard 10.1.0.0, Apr 12 2020" of lsid.
std::string version_in(const std::string& output) {
    const Words lines = text::lines(output);
    if (lines.empty()) return "";
    for (const std::string& word : reading::words(text::split(lines.front(), ',').front()))
        if (word.find('.') != std::string::npos && text::plain(word, ".")) return word;
    return "";
}

}  // namespace

std::vector<Words> lsf_site_questions() { return {{"bparams", "-a"}, {"lsid"}, {"bqueues", "-l"}, {"lshosts", "-w"}}; }

Site lsf_site(const Words& answers) {
    Site site;
    const auto parameters = reading::pairs(text::lines(answers[0]), "=");
    site.version = version_in(answers[1]);
    site.queues = lsf_queues(answers[2], reading::value(parameters, "DEFAULT_QUEUE"));
    site.nodes = lsf_nodes(answers[3]);
    if (const auto size = reading::number(parameters, "MAX_JOB_ARRAY_SIZE"))
        site.settings.push_back(
            {"arrays",
             fmt::format("MAX_JOB_ARRAY_SIZE {}: an --array with numbers above {} is submitted in parts", *size,
                         *size - 1),
             ""});
    if (const auto kept = reading::number(parameters, "CLEAN_PERIOD"))
        site.settings.push_back(
            {"ended jobs",
             fmt::format("CLEAN_PERIOD {}: LSF shows an ended job that many seconds; the job's own record stays",
                         *kept),
             ""});
    return site;
}

}  // namespace hecaton::launcher::batch

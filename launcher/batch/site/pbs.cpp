// PBS Pro, OpenPBS and Torque. From their manuals; not tried on a real one.
#include <fmt/format.h>

#include <algorithm>

#include <launcher/batch/site/reading.hpp>
#include <launcher/batch/text.hpp>

namespace hecaton::launcher::batch {

namespace {

using reading::Pairs;

/// `qstat -f` goes on with a value in a line that begins with a tab.
Words whole_lines(const std::string& output) {
    Words all;
    for (std::string& line : text::lines(output))
        if (line.starts_with('\t') && !all.empty())
            all.back() += line.substr(1);
        else
            all.push_back(std::move(line));
    return all;
}

std::vector<Queue> pbs_queues(const std::string& output, const std::string& usual) {
    static constexpr std::string_view mark = "Queue:";
    std::vector<Queue> queues;
    for (const Words& part : reading::parts(whole_lines(output), [](const auto& l) { return l.starts_with(mark); })) {
        const Pairs pairs = reading::pairs(part, " = ");
        Queue queue{.name = text::trim(part.front().substr(mark.size()))};
        if (queue.name.empty()) continue;
        const std::string enabled = reading::value(pairs, "enabled");
        const std::string started = reading::value(pairs, "started");
        const std::string type = reading::value(pairs, "queue_type");
        queue.usual = queue.name == usual;
        queue.open = (enabled.empty() || reading::yes(enabled)) && (started.empty() || reading::yes(started));
        queue.state = fmt::format("enabled {}, started {}", enabled, started);
        if (!type.empty() && !text::has(type, "execution")) queue.state += fmt::format(", {}", type);
        queue.limit = text::seconds(reading::value(pairs, "resources_max.walltime"));
        queue.given_limit = text::seconds(reading::value(pairs, "resources_default.walltime"));
        for (const char* key : {"resources_max.nodect", "resources_max.nodes"})
            if (queue.most_nodes == 0) queue.most_nodes = reading::number(pairs, key).value_or(0);
        queues.push_back(std::move(queue));
    }
    return queues;
}

/// The value of "name=value" in "a=1,name=value", as Torque tells what a node has.
std::string part_of(const std::string& list, const std::string& name) {
    for (const std::string& one : text::split(list, ','))
        if (one.starts_with(name + "=")) return one.substr(name.size() + 1);
    return "";
}

/// The name of a node, and behind that its attributes in lines that begin with blanks.
Nodes pbs_nodes(const std::string& output) {
    const auto begins = [](const std::string& line) { return !line.empty() && line.front() != ' '; };
    Nodes nodes;
    for (const Words& part : reading::parts(whole_lines(output), begins)) {
        const Pairs pairs = reading::pairs(part, " = ");
        const std::string state = reading::value(pairs, "state");
        if (state.empty()) continue;
        ++nodes.count;
        if (text::has(state, "down") || text::has(state, "offline") || text::has(state, "unknown")) ++nodes.down;
        auto cores = reading::number(pairs, "resources_available.ncpus");
        if (!cores) cores = reading::number(pairs, "np");
        reading::widen(nodes.cores, cores.value_or(0));
        std::string memory = reading::value(pairs, "resources_available.mem");
        if (memory.empty()) memory = part_of(reading::value(pairs, "status"), "physmem");
        reading::widen(nodes.memory, reading::mebibytes(memory).value_or(0));
    }
    return nodes;
}

/// What both have.
Site both(const Words& answers, Pairs& server) {
    server = reading::pairs(whole_lines(answers[0]), " = ");
    Site site;
    site.version = reading::value(server, "pbs_version");
    site.queues = pbs_queues(answers[1], reading::value(server, "default_queue"));
    site.nodes = pbs_nodes(answers[2]);
    if (const std::string on = reading::value(server, "scheduling"); !on.empty() && !reading::yes(on))
        site.settings.push_back(
            {"scheduling", fmt::format("scheduling {}: no job is started at present", on), "wait, or ask the site"});
    for (const char* key : {"max_array_size", "max_job_array_size"})
        if (const auto size = reading::number(server, key))
            site.settings.push_back(
                {"arrays", fmt::format("{} {}: a longer --array is submitted in parts", key, *size), ""});
    return site;
}

}  // namespace

std::vector<Words> pbs_site_questions() { return {{"qstat", "-B", "-f"}, {"qstat", "-Q", "-f"}, {"pbsnodes", "-a"}}; }

Site pbs_site(const Words& answers) {
    Pairs server;
    Site site = both(answers, server);
    if (server.empty()) return site;
    const std::string history = reading::value(server, "job_history_enable");  // False where it is not shown
    const std::string kept = reading::value(server, "job_history_duration");
    site.settings.push_back(
        {"ended jobs",
         reading::yes(history)
             ? fmt::format("job_history_enable {}: PBS shows an ended job for {}", history,
                           kept.empty() ? "two weeks" : kept.c_str())
             : std::string("job_history_enable False: PBS forgets a job when it ends; the job's own record stays"),
         ""});
    return site;
}

Site torque_site(const Words& answers) {
    Pairs server;
    Site site = both(answers, server);
    if (const auto kept = reading::number(server, "keep_completed"))
        site.settings.push_back(
            {"ended jobs",
             fmt::format("keep_completed {}: Torque shows an ended job that many seconds; the job's own record stays",
                         *kept),
             ""});
    return site;
}

}  // namespace hecaton::launcher::batch

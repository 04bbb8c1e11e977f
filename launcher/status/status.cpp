// hecaton status: what is known of jobs, as a table, in words, and as JSON.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <nlohmann/json.hpp>

#include <launcher/base/clock.hpp>
#include <launcher/base/figures.hpp>
#include <launcher/base/print.hpp>
#include <launcher/base/refusal.hpp>
#include <launcher/batch/program_file.hpp>
#include <launcher/jobs/ask.hpp>
#include <launcher/jobs/jobs.hpp>
#include <launcher/jobs/registry.hpp>
#include <launcher/jobs/truth.hpp>
#include <launcher/status/advice.hpp>

namespace hecaton::launcher {
namespace {

using namespace jobs;
using nlohmann::json;

constexpr double shown_for = 86'400;  // seconds after its end

// "1:12" for hours and minutes, "45 s" for less than a minute.
std::string span(long seconds) {
    if (seconds < 60) return fmt::format("{} s", seconds);
    if (seconds < 3'600) return fmt::format("{} min", seconds / 60);
    return fmt::format("{}:{:02}", seconds / 3'600, seconds / 60 % 60);
}

std::string time_of(const Known& known) {
    const long limit = known.job.request.limit.count();
    const std::string of = limit > 0 ? " of " + span(limit) : "";
    if (known.state == batch::State::running) {
        if (known.view && known.view->elapsed) return span(*known.view->elapsed) + of;
        if (known.since > 0) return span(std::max(0L, static_cast<long>(now() - known.since))) + of;
    }
    if (known.record && known.record->ended > 0)
        return span(static_cast<long>(known.record->ended - known.record->begun)) + of;
    if (known.ended() && known.view && known.view->elapsed) return span(*known.view->elapsed) + of;
    return limit > 0 ? span(limit) : "-";
}

std::string progress_of(const Known& known) {
    if (!known.record) return known.status ? fmt::format("status {}", *known.status) : "";
    std::vector<std::string> parts;
    const auto& record = *known.record;
    if (record.total > 0) parts.push_back(fmt::format("{} of {} items", record.done, record.total));
    if (record.failed > 0) parts.push_back(fmt::format("{} failed", record.failed));
    if (record.run > 1 && !known.ended()) parts.push_back(fmt::format("run {}", record.run));
    if (known.status) parts.push_back(fmt::format("status {}", *known.status));
    return fmt::format("{}", fmt::join(parts, ", "));
}

std::string shown_id(const Job& job) { return job.id().empty() ? "?" + job.request.token : job.shown(); }

std::vector<std::string> row(const Known& known) {
    return {shown_id(known.job),
            known.job.request.name,
            batch::name(known.state),
            clock_time(known.since, now()),
            std::to_string(known.job.request.nodes),
            time_of(known),
            known.says,
            progress_of(known)};
}

std::string as_rows(const std::vector<Known>& all) {
    std::vector<std::vector<std::string>> lines{{"job", "name", "state", "since", "nodes", "time", "says", "progress"}};
    for (const auto& known : all) lines.push_back(row(known));
    return table(lines);
}

json as_json(const Known& known) {
    json object = {{"job", known.job.id()},
                   {"name", known.job.request.name},
                   {"task", known.job.task.empty() ? json() : json(std::stoi(known.job.task))},
                   {"token", known.job.request.token},
                   {"scheduler", known.job.scheduler},
                   {"state", batch::name(known.state)},
                   {"ended", known.ended()},
                   {"status", known.status ? json(*known.status) : json()},
                   {"since", known.since > 0 ? json(known.since) : json()},
                   {"submitted", known.job.submitted},
                   {"nodes", known.job.request.nodes},
                   {"limit", known.job.request.limit.count()},
                   {"says", known.says},
                   {"why", known.why},
                   {"folder", known.job.folder},
                   {"command", known.job.command}};
    if (known.view)
        object["scheduler_says"] = {{"id", known.view->id},
                                    {"task", known.view->task},
                                    {"word", known.view->word},
                                    {"reason", known.view->reason},
                                    {"nodes", known.view->nodes},
                                    {"start", known.view->start},
                                    {"out_of_memory", known.view->out_of_memory},
                                    {"memory", known.view->memory}};
    const auto memory = status::memory_of(known);
    object["memory"] = {
        {"used", memory.used}, {"limit", memory.limit}, {"node", memory.node}, {"exhausted", memory.exhausted}};
    object["advice"] = status::advice(known);
    if (known.record)
        object["record"] = {{"run", known.record->run},       {"begun", known.record->begun},
                            {"age", known.record_age},        {"host", known.record->host},
                            {"done", known.record->done},     {"total", known.record->total},
                            {"failed", known.record->failed}, {"call", known.record->call},
                            {"card", known.record->card},     {"memory", known.record->memory}};
    return object;
}

std::string as_json(const std::vector<Known>& all) {
    json list = json::array();
    for (const auto& known : all) list.push_back(as_json(known));
    const json object = {{"version", 1}, {"jobs", std::move(list)}};
    return object.dump(2, ' ', true, json::error_handler_t::replace) + "\n";
}

// "2026-11-29T13:40:00", as some write it, without the T and the seconds.
std::string start_of(const std::string& text) {
    const bool digital = text.size() >= 16 && text[4] == '-' && text[7] == '-' && text[10] == 'T';
    return digital ? text.substr(0, 10) + " " + text.substr(11, 5) : text;
}

std::string run_in_words(const batch::Record::Run& run) {
    if (run.ended == 0)
        return fmt::format("{} on {}, from {}, ended without a word: its node died, or it was killed", run.run,
                           run.host, clock_time(run.begun, now()));
    return fmt::format("{} on {}, {} to {}, status {}{}", run.run, run.host, clock_time(run.begun, now()),
                       clock_time(run.ended, now()), run.status,
                       run.again                     ? ""
                       : run.status == 128 + SIGTERM ? ": the batch system ended it"
                                                     : ": the batch system started it again");
}

// One job in words.
std::string in_words(const Known& known) {
    std::vector<std::pair<std::string, std::string>> lines;
    const auto add = [&](const char* what, std::string text) {
        if (!text.empty()) lines.emplace_back(what, std::move(text));
    };
    add("job", fmt::format("{} ({}), {}", shown_id(known.job), known.title, known.job.request.name));
    add("state", fmt::format("{}{}", batch::name(known.state),
                             known.since > 0 ? " since " + clock_time(known.since, now()) : std::string()));
    if (known.status) add("status", std::to_string(*known.status));
    add("says", known.says);
    add("why", known.why);
    add("time", time_of(known));
    if (known.view) {
        add("where", known.view->nodes);
        if (known.state == batch::State::waiting) add("expected", start_of(known.view->start));
        if (batch::name(known.state) != known.view->word)
            add("word", fmt::format("{} ({})", known.view->word, known.title));
    }
    add("progress", progress_of(known));
    if (known.record) {
        for (const auto& run : known.record->runs) add("run", run_in_words(run));
    }
    add("memory", status::memory_text(status::memory_of(known)));
    if (known.record)
        for (const auto& line : known.record->card) add("card", line);
    add("advice", status::advice(known));
    add("program", shell_line(known.job.command));
    add("copy", batch::copy_in(known.job.folder));
    add("folder", known.job.folder);
    std::string text;
    for (const auto& [what, line] : lines) text += fmt::format("{:<9} {}\n", what, line);
    return text;
}

std::vector<Known> to_show(const JobOptions& options) {
    const auto all = all_jobs();
    std::vector<Job> asked;
    asked.reserve(options.jobs.size());
    for (const auto& word : options.jobs) asked.push_back(find_job(all, word));
    if (options.jobs.empty()) asked = all;
    auto known = look_at(asked);
    if (options.jobs.empty() && !options.all)
        std::erase_if(known, [](const Known& one) {
            return one.ended() && now() - (one.since > 0 ? one.since : one.job.submitted) > shown_for;
        });
    return known;
}

}  // namespace

int show_jobs(const JobOptions& options) {
    const auto all = to_show(options);
    if (options.json) return print(as_json(all));
    if (options.jobs.size() == 1 && all.size() == 1) return print(in_words(all.front()));
    if (all.empty()) return print("no job is in a queue, and none has ended since yesterday; --all shows older ones\n");
    return print(as_rows(all));
}

}  // namespace hecaton::launcher

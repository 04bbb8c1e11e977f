// The options of `hecaton status`, `logs`, `wait` and `cancel`.
#include <fmt/format.h>

#include <charconv>

#include <launcher/base/refusal.hpp>
#include <launcher/cli/option.hpp>

namespace hecaton::launcher {
namespace {

constexpr const char* status_examples =
    R"(JOB is the id, the name, or the folder of a job that hecaton has submitted; 12_3 is task 3 of an array. The state is what the
job says itself, else what the batch system says; a batch system that does not answer says nothing about a job.

States: waiting, held, running, suspended, done, failed, cancelled, timed out, lost (its node or the batch system failed),
unknown.

Examples:
  hecaton status                       the jobs that have not ended, or have since yesterday
  hecaton status 48213                 one of them in words: why it waits, or how it ended
  hecaton status --json                for programs; "version" is 1
)";

constexpr const char* logs_examples = R"(The log has the job's runs one after the other. JOB as for hecaton status.

Examples:
  hecaton logs 48213
  hecaton logs -f sweep                until the job has ended
  hecaton logs --rank 0-3 --tail 20 48213
)";

constexpr const char* wait_examples =
    R"(JOB as for hecaton status. Of several jobs, or tasks of an array, the highest status is returned.

Exit status: the program's own, also long after its end; 128+n when signal n ended it; 143 where it was cancelled before it
began; 124 after --timeout; 1 where there is no such job, or it was lost; 2 wrong command line.

Examples:
  hecaton wait 48213; echo $?
  hecaton wait --timeout 1h sweep
)";

constexpr const char* cancel_examples =
    R"(JOB as for hecaton status; a name means all jobs of that name which have not ended. A job that runs is warned first, so that
a pool stops and its journal is closed.

Examples:
  hecaton cancel 48213
  hecaton cancel 48213_3               one task of an array
  hecaton cancel --all
)";

Parser lines(std::optional<int>& to) {
    return {.store = [&to](const std::string& option, const std::string& text) {
        int number = -1;
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (problem != std::errc() || end != text.data() + text.size() || number < 0)
            throw Refusal(wrong_command_line, fmt::format("{} {}: write a number of lines", option, text));
        to = number;
    }};
}

// A table with what they have in common. `need`: at least one job has to be named, or --all.
CommandTable job_table(JobOptions& jobs, Verb verb, const char* name, bool need) {
    CommandTable table{};
    table.verb = verb;
    table.name = name;
    table.operands = [&jobs, name, need](const std::vector<std::string>& words, bool /*dashes*/) {
        jobs.jobs = words;
        if (need && words.empty() && !jobs.all)
            throw Refusal(wrong_command_line,
                          fmt::format("which job? for example: hecaton {} JOB; hecaton status lists "
                                      "them",
                                      name));
        if (need && !words.empty() && jobs.all)
            throw Refusal(wrong_command_line, "--all, or the jobs: give one of them");
    };
    table.options_behind = true;
    table.variables = false;
    return table;
}

}  // namespace

CommandTable status_table(JobOptions& jobs) {
    auto table = job_table(jobs, Verb::status, "status", false);
    table.summary = "Show batch jobs, and why they wait or have ended";
    table.about = "Shows batch jobs: what each says itself, and what its batch system says.";
    table.usage = "hecaton status [OPTIONS...] [JOB...]";
    table.footer = status_examples;
    table.options = {{"all", "", "Older ones too", flag(jobs.all)},
                     {"json", "", "As JSON, for programs", flag(jobs.json)}};
    return table;
}

CommandTable logs_table(JobOptions& jobs) {
    auto table = job_table(jobs, Verb::logs, "logs", true);
    table.summary = "Print what a batch job has printed";
    table.about = "Prints what a batch job has printed so far, or while it comes.";
    table.usage = "hecaton logs [OPTIONS...] JOB...";
    table.footer = logs_examples;
    table.options = {{"follow", "", "Go on until the job has ended", flag(jobs.follow), {.letter = 'f'}},
                     {"rank", "0-3,7", "Only these ranks", listed_numbers(jobs.ranks, "ranks")},
                     {"tail", "N", "Begin with the last N lines", lines(jobs.tail)}};
    return table;
}

CommandTable wait_table(JobOptions& jobs) {
    auto table = job_table(jobs, Verb::wait, "wait", true);
    table.summary = "Wait for the end of a batch job, and return its status";
    table.about = "Waits for the end of a batch job, and returns its status.";
    table.usage = "hecaton wait [OPTIONS...] JOB...";
    table.footer = wait_examples;
    table.options = {{"timeout", "TIME", "Wait for no longer: the status is then 124", time_span(jobs.timeout)}};
    return table;
}

CommandTable cancel_table(JobOptions& jobs) {
    auto table = job_table(jobs, Verb::cancel, "cancel", true);
    table.summary = "End a batch job";
    table.about = "Ends a batch job, or takes it out of the queue.";
    table.usage = "hecaton cancel [OPTIONS...] JOB...";
    table.footer = cancel_examples;
    table.options = {{"all", "", "All jobs that have not ended", flag(jobs.all)},
                     {"grace", "TIME", "Between the warning and the end (10s); 0 is at once", time_span(jobs.grace)}};
    return table;
}

}  // namespace hecaton::launcher

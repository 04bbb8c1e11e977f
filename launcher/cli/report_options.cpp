// The options of `hecaton report`.
#include <fmt/format.h>

#include <launcher/base/refusal.hpp>
#include <launcher/cli/option.hpp>

namespace hecaton::launcher {
namespace {

constexpr const char* report_examples =
    R"(INPUT is a recording, as a job leaves it that has died before its report was made (FILE.recording), or a CSV that was made
of one. Without -o, one sentence and the calls are printed. docs/report.md explains the figures.

Examples:
  hecaton run -n 64 --report run.html ./sweep
  hecaton report run.html.recording -o run.html
                                       of a job that died: as far as it came
  hecaton report run.csv               one sentence: how well the ranks were used, and what they waited for
  hecaton report run.csv -o run.html   the page, made of the table

Exit status: 0; 1 where INPUT is no recording, or OUTPUT cannot be written to its end; 2 wrong command line.
)";

}  // namespace

CommandTable report_table(ReportOptions& report) {
    return {.verb = Verb::report,
            .name = "report",
            .summary = "Make a page, a trace or a table of what ran where",
            .about = "Makes a page, a trace or a table of what ran where, from the recording of a run.",
            .usage = "hecaton report INPUT [-o OUTPUT]",
            .footer = report_examples,
            .options = {{"output",
                         "FILE",
                         "A page (.html), a trace for Perfetto (.json), or a line an item (.csv)",
                         text(report.output, "file"),
                         {.letter = 'o'}}},
            .operands =
                [&report](const std::vector<std::string>& words, bool /*dashes*/) {
                    if (words.size() != 1 || words.front().empty())
                        throw Refusal(wrong_command_line,
                                      fmt::format("{}; for example: hecaton report run.csv -o run.html",
                                                  words.empty() ? "no recording is named" : "one recording at a time"));
                    report.input = words.front();
                },
            .options_behind = true,
            .variables = false};
}

}  // namespace hecaton::launcher

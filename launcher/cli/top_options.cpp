// The options of `hecaton top`.
#include <launcher/base/refusal.hpp>
#include <launcher/cli/option.hpp>

namespace hecaton::launcher {
namespace {

constexpr const char* top_examples =
    R"(Without JOB: the run of yours that goes on here; of several, a list. JOB is the process of such a run, or a batch job by its id,
name or folder. On a terminal it is shown anew each second, until q or Ctrl-C; elsewhere once.

Examples:
  hecaton top                          the run that goes on here
  hecaton top 4711                     that of this process
  hecaton top 48213_3                  one task of an array of batch jobs

Exit status: 0; 1 where the run does not answer; 2 wrong command line, or no such run.
)";

}  // namespace

CommandTable top_table(std::string& job) {
    return {.verb = Verb::top,
            .name = "top",
            .summary = "Show how a run goes: its calls, and which item each rank runs",
            .about = "Shows how a run goes: its calls, and which item each rank runs and since when.",
            .usage = "hecaton top [JOB]",
            .footer = top_examples,
            .options = {},
            .operands =
                [&job](const std::vector<std::string>& words, bool /*dashes*/) {
                    if (words.size() > 1) throw Refusal(wrong_command_line, "one run at a time: hecaton top JOB");
                    if (!words.empty()) job = words.front();
                },
            .options_behind = true,
            .variables = false};
}

}  // namespace hecaton::launcher

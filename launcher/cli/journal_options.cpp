// The options of `hecaton journal`.
#include <fmt/format.h>

#include <launcher/base/refusal.hpp>
#include <launcher/cli/option.hpp>

namespace hecaton::launcher {
namespace {

constexpr const char* journal_examples =
    R"(A journal is a file with the finished results of a program, so that its next start computes the rest only.
  show    its calls, how much of each is done, and by which build of the program; with --call the entries of one
  verify  reads all of it, and says what is damaged or left over
  export  one row for each result and failure
  forget  removes what --call, --failed and --build say, all of them together; the next start computes it again
Nothing but show works while a program uses the journal. Exit status: 0; 1 where the journal is damaged, is none, or is in
use; 2 wrong command line.

Examples:
  hecaton journal show sweep.db
  hecaton journal show sweep.db --call sweep
  hecaton journal verify sweep.db
  hecaton journal export sweep.db --format json -o sweep.json
  hecaton journal forget sweep.db --call sweep --failed
)";

const std::vector<std::pair<std::string, JournalAction>>& actions() {
    static const std::vector<std::pair<std::string, JournalAction>> all{{"export", JournalAction::export_entries},
                                                                        {"forget", JournalAction::forget},
                                                                        {"show", JournalAction::show},
                                                                        {"verify", JournalAction::verify}};
    return all;
}

std::vector<Option> options(JournalOptions& journal) {
    return {
        {"call",
         "NAME",
         "Only this call: its name, or its id as show prints it",
         text(journal.call, ""),
         {.manual = "With show: list its entries."}},
        {"format",
         "WHAT",
         "Export as: csv, json",
         one_of<ExportFormat>(journal.format, {{"csv", ExportFormat::csv}, {"json", ExportFormat::json}}),
         {.manual = "csv when not given. Values of up to 64 bytes are exported, in hexadecimal digits."}},
        {"output",
         "FILE",
         "Export into this file",
         text(journal.output, "file"),
         {.letter = 'o', .manual = "Standard output when not given."}},
        {"failed", "", "Forget failures only", flag(journal.failed)},
        {"build",
         "ID",
         "Forget only what this build of the program has computed",
         text(journal.build, ""),
         {.manual = "The first digits are enough."}},
    };
}

void check(const JournalOptions& journal, bool format_given) {
    const auto refuse = [](const char* text) {
        throw Refusal(wrong_command_line, fmt::format("{}; see: hecaton journal --help", text));
    };
    const bool forgets = journal.action == JournalAction::forget;
    const bool exports = journal.action == JournalAction::export_entries;
    if (!exports && (format_given || !journal.output.empty())) refuse("--format and --output are for export");
    if (!forgets && (journal.failed || !journal.build.empty())) refuse("--failed and --build are for forget");
    if (journal.action == JournalAction::verify && !journal.call.empty())
        refuse("verify always reads all of a journal");
    if (forgets && journal.call.empty() && journal.build.empty() && !journal.failed)
        refuse("forget what? give --call, --failed or --build; to forget all, remove the file");
}

}  // namespace

CommandTable journal_table(JournalOptions& journal) {
    std::vector<std::string> words;
    for (const auto& [word, action] : actions()) words.push_back(word);
    return {.verb = Verb::journal,
            .name = "journal",
            .summary = "Look at the results that a program has kept, or forget some",
            .about = "Looks at the results that a program has kept, or forgets some.",
            .usage = "hecaton journal show|verify|export|forget FILE [OPTIONS...]",
            .footer = journal_examples,
            .options = options(journal),
            .operands =
                [&journal](const std::vector<std::string>& given, bool /*dashes*/) {
                    if (given.empty())
                        throw Refusal(wrong_command_line,
                                      "what is to be done comes first, for example: hecaton journal "
                                      "show FILE; see: hecaton journal --help");
                    one_of<JournalAction>(journal.action, actions()).store("journal", given[0]);
                    if (given.size() != 2)
                        throw Refusal(wrong_command_line,
                                      fmt::format("one journal at a time: hecaton journal {} FILE", given[0]));
                    journal.file = given[1];
                    check(journal, journal.format != ExportFormat::csv);
                },
            .actions = words,
            .options_behind = true,
            .variables = false};  // they mean something else with each of the actions
}

}  // namespace hecaton::launcher

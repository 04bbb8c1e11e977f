#include <launcher/base/refusal.hpp>
#include <launcher/cli/cli.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <hecaton/foundation/version.hpp>

#include <launcher/cli/listing.hpp>
#include <launcher/cli/parser.hpp>

namespace hecaton::launcher {
namespace {

constexpr const char* examples = R"(Examples:
  hecaton run -n 4 ./square            4 ranks of ./square, here
  hecaton run ./square                 as many ranks as this machine has cores
  hecaton run --hosts a:8,b:8 ./square 16 ranks on two machines, over ssh
  hecaton submit -n 64 --time 4h ./square
                                       the same as a batch job; then: hecaton status, logs, wait, cancel
  hecaton doctor ./square              would it work? if not: why not, and what mends it
  hecaton journal show sweep.db        the results that a program has kept there
  hecaton top                          how a run goes: its calls, and which item each rank runs
  hecaton report run.csv -o run.html   a picture of what ran where
  hecaton run --help                   more of them
)";

const CommandTable* find(const std::vector<CommandTable>& tables, const std::string& name) {
    const auto found = std::ranges::find(tables, name, &CommandTable::name);
    return found == tables.end() ? nullptr : &*found;
}

Refusal unknown_command(const std::string& word) {
    const bool path = word.find('/') != std::string::npos;
    return {wrong_command_line, path ? fmt::format("'{}' is no command; to start a program: hecaton run {}", word, word)
                                     : fmt::format("unknown command '{}'; see: hecaton --help", word)};
}

// "help run", "--help run" and "run --help" are the same.
std::vector<std::string> help_last(const std::vector<CommandTable>& tables, const std::vector<std::string>& words) {
    const bool help = words.front() == "help" || words.front() == "--help" || words.front() == "-h";
    if (!help) return words;
    if (words.size() > 1 && find(tables, words[1])) return {words[1], "--help"};
    if (words.front() == "help" && words.size() == 1) return {"--help"};
    return words;
}

// The options of hecaton itself, which only ask for texts.
std::string parse_without_command(const std::vector<CommandTable>& tables, std::vector<std::string> words) {
    CLI::App app("Starts C++ programs on many cores and many machines, over MPI.", "hecaton");
    set_help(app, "hecaton COMMAND [OPTIONS...]", examples);
    for (const auto& table : tables) app.add_subcommand(table.name, table.summary);
    app.set_version_flag("--version", fmt::format("hecaton {}", hecaton::version()), "Print the version");
    const Refusal no_command(wrong_command_line, "the command comes first, for example: hecaton run -n 4 ./program");
    if (words.size() > 1 && !app.get_option_no_throw(words.front())) throw no_command;
    std::ranges::reverse(words);
    try {
        app.parse(words);
    } catch (const CLI::CallForHelp&) {
        return app.help();
    } catch (const CLI::CallForVersion& version) {
        return std::string(version.what()) + "\n";
    } catch (const CLI::ParseError& error) {
        throw translate_cli_error(app, error, "hecaton --help");
    }
    throw no_command;
}

}  // namespace

CommandLine parse(const std::vector<std::string>& given, const detail::launch::Variables& environment) {
    if (given.empty())
        throw Refusal(wrong_command_line, "nothing to do; for example: hecaton run -n 4 ./program, or: hecaton --help");
    CommandLine line;
    const auto tables = command_tables(line, environment);
    const auto words = help_last(tables, given);
    const auto& first = words.front();
    if (const auto* table = find(tables, first)) {
        line.text = parse_command(*table, {words.begin() + 1, words.end()}, environment);
        if (line.text.empty()) line.verb = table->verb;
    } else if (first == completion_word) {
        line.text =
            completion_list(tables, words.size() > 1 ? words[1] : "", words.size() > 2 && words[2] == "actions");
    } else if (first == manual_word) {
        line.text = manual_sections(tables);
    } else if (first.starts_with('-')) {
        line.text = parse_without_command(tables, words);
    } else {
        throw unknown_command(first);
    }
    return line;
}

}  // namespace hecaton::launcher

#include "cli.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <hecaton/foundation/version.hpp>
#include <hecaton/transport/launch_command.hpp>
#include <memory>

namespace hecaton::launcher {
namespace {

constexpr const char* main_examples = R"(Examples:
  hecaton run -n 4 ./square            4 ranks of ./square, here
  hecaton run ./square                 as many ranks as this machine has cores
  hecaton run --help                   more of them
)";

constexpr const char* run_examples = R"(Everything after PROGRAM belongs to the program, options too.

Examples:
  hecaton run -n 4 ./square            4 ranks of ./square, here
  hecaton run ./square                 as many ranks as there are cores; in a batch job, as it has slots
  hecaton run -n 2 ./sum --fast a b    ./sum gets: --fast a b
  hecaton run -n 2 -- ./sum            -- ends hecaton's own options
  hecaton run -n 2 ./sum < numbers     rank 0 reads standard input
  hecaton run -n 3 hostname            any program, with MPI or without
  hecaton run -n 4 --dry-run ./square  only print the command, to be pasted into a shell

Exit status: 0 when all ranks ended well, else the first failing rank's own, 128+n when signal n ended it;
2 wrong command line, 126 PROGRAM cannot be executed, 127 PROGRAM not found.
)";

// CLI11's help with a usage line of our own: in its own, options would follow PROGRAM.
class Help : public CLI::Formatter {
  public:
    explicit Help(std::string usage) : usage_(std::move(usage)) {}
    std::string make_usage(const CLI::App*, std::string) const override { return "Usage: " + usage_ + "\n"; }

  private:
    std::string usage_;
};

int number_of_ranks(const std::string& text) {
    int ranks = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), ranks);
    if (problem != std::errc() || end != text.data() + text.size() || ranks < 1 || ranks > launch::most_ranks)
        throw Refusal(wrong_command_line, fmt::format("-n {}: the number of ranks must be a whole number from 1 to {}",
                                                      text, launch::most_ranks));
    return ranks;
}

// True when the next word is this option's value: a known option that takes one, and does not have it attached.
bool takes_next_word(const CLI::App& command, const std::string& word) {
    const bool is_long = word.starts_with("--");
    const auto attached = is_long ? word.find('=') != std::string::npos : word.size() > 2;
    const auto* option = command.get_option_no_throw(word);
    return !attached && option && option->get_items_expected_min() > 0;
}

// Where the program's name stands in the words after "run"; their number where it is missing. "--" may stand before it.
std::size_t program_at(const CLI::App& command, const std::vector<std::string>& words) {
    std::size_t at = 0;
    for (; at < words.size(); ++at) {
        if (words[at] == "--") return at + 1;
        if (!words[at].starts_with('-') || words[at] == "-") return at;
        if (takes_next_word(command, words[at])) ++at;
    }
    return words.size();
}

// CLI11 wants the words in reverse, and fails with an exception of its own that knows the text for the user.
void parse_options(CLI::App& app, std::vector<std::string> words, std::string& text, const char* see) {
    std::ranges::reverse(words);
    try {
        app.parse(words);
    } catch (const CLI::CallForHelp&) {
        text = app.help();
    } catch (const CLI::CallForAllHelp&) {
        text = app.help();
    } catch (const CLI::CallForVersion& version) {
        text = std::string(version.what()) + "\n";
    } catch (const CLI::ArgumentMismatch& error) {
        throw Refusal(wrong_command_line, fmt::format("{}; see: {}", error.what(), see));
    } catch (const CLI::ExtrasError&) {
        throw Refusal(wrong_command_line, fmt::format("unknown option {}; see: {}", app.remaining().front(), see));
    } catch (const CLI::ParseError& error) {
        throw Refusal(wrong_command_line, fmt::format("{}; see: {}", error.what(), see));
    }
}

CommandLine parse_run(const std::vector<std::string>& words) {
    CLI::App app("Starts ranks of a program, here or in the batch job that this is called from.", "hecaton run");
    CommandLine line;
    std::string ranks;
    app.formatter(std::make_shared<Help>("hecaton run [-n N] [--dry-run] [--] PROGRAM [ARGS...]"));
    app.footer(run_examples);
    app.add_option("-n,--ranks", ranks, "How many ranks: one a core here when not given")->type_name("N");
    app.add_flag("--dry-run", line.run.dry_run, "Print the command that would be run, and do not run it");

    const std::size_t at = program_at(app, words);
    std::vector<std::string> options(words.begin(),
                                     words.begin() + static_cast<std::ptrdiff_t>(std::min(at, words.size())));
    if (!options.empty() && options.back() == "--") options.pop_back();
    parse_options(app, options, line.text, "hecaton run --help");
    if (!line.text.empty()) return line;
    if (app.count("-n") > 0) line.run.ranks = number_of_ranks(ranks);
    if (at >= words.size() || words[at].empty())
        throw Refusal(wrong_command_line, "no program to run; for example: hecaton run -n 4 ./program");
    line.run.program = words[at];
    line.run.args.assign(words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end());
    return line;
}

}  // namespace

CommandLine parse(const std::vector<std::string>& words) {
    if (words.empty())
        throw Refusal(wrong_command_line, "nothing to do; for example: hecaton run -n 4 ./program, or: hecaton --help");
    if (words.front() == "run") return parse_run({words.begin() + 1, words.end()});
    if (!words.front().starts_with('-'))
        throw Refusal(wrong_command_line, fmt::format("unknown command '{}'; see: hecaton --help", words.front()));
    CLI::App app("Starts C++ programs on many cores and many machines, over MPI.", "hecaton");
    CommandLine line;
    app.formatter(std::make_shared<Help>("hecaton COMMAND [OPTIONS...]"));
    app.add_subcommand("run", "Start ranks of a program");
    app.set_version_flag("--version", fmt::format("hecaton {}", hecaton::version()), "Print the version");
    app.footer(main_examples);
    parse_options(app, words, line.text, "hecaton --help");
    if (line.text.empty())
        throw Refusal(wrong_command_line, "the command comes first, for example: hecaton run -n 4 ./program");
    return line;
}

}  // namespace hecaton::launcher

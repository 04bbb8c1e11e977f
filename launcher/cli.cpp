#include "cli.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <hecaton/foundation/version.hpp>
#include <memory>

#include "cli_parser.hpp"

namespace hecaton::launcher {
namespace {

constexpr const char* examples = R"(Examples:
  hecaton run -n 4 ./square            4 ranks of ./square, here
  hecaton run ./square                 as many ranks as this machine has cores
  hecaton run --hosts a:8,b:8 ./square 16 ranks on two machines, over ssh
  hecaton doctor ./square              would it work? if not: why not, and what mends it
  hecaton run --help                   more of them
)";

// CLI11's help with a usage line of our own: in its own, options would follow PROGRAM.
class Help : public CLI::Formatter {
  public:
    explicit Help(std::string usage) : usage_(std::move(usage)) { column_width(34); }
    std::string make_usage(const CLI::App*, std::string) const override { return "Usage: " + usage_ + "\n"; }

  private:
    std::string usage_;
};

// True when the next word is this option's value: a known option that takes one, and does not have it attached.
bool takes_next_word(const CLI::App& command, const std::string& word) {
    const bool is_long = word.starts_with("--");
    const auto attached = is_long ? word.find('=') != std::string::npos : word.size() > 2;
    const auto* option = command.get_option_no_throw(word);
    return !attached && option && option->get_items_expected_min() > 0;
}

}  // namespace

void dress(CLI::App& app, const std::string& usage, const std::string& footer) {
    app.formatter(std::make_shared<Help>(usage));
    app.footer(footer);
}

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
std::string parse_options(CLI::App& app, std::vector<std::string> words, const char* see) {
    std::ranges::reverse(words);
    try {
        app.parse(words);
    } catch (const CLI::CallForHelp&) {
        return app.help();
    } catch (const CLI::CallForAllHelp&) {
        return app.help();
    } catch (const CLI::CallForVersion& version) {
        return std::string(version.what()) + "\n";
    } catch (const CLI::ArgumentMismatch& error) {
        throw Refusal(wrong_command_line, fmt::format("{}; see: {}", error.what(), see));
    } catch (const CLI::ExtrasError&) {
        throw Refusal(wrong_command_line, fmt::format("unknown option {}; see: {}", app.remaining().front(), see));
    } catch (const CLI::ParseError& error) {
        throw Refusal(wrong_command_line, fmt::format("{}; see: {}", error.what(), see));
    }
    return {};
}

CommandLine parse(const std::vector<std::string>& words, const launch::Variables& environment) {
    if (words.empty())
        throw Refusal(wrong_command_line, "nothing to do; for example: hecaton run -n 4 ./program, or: hecaton --help");
    if (words.front() == "run") return parse_run({words.begin() + 1, words.end()}, environment);
    if (words.front() == "doctor") return parse_doctor({words.begin() + 1, words.end()});
    if (!words.front().starts_with('-'))
        throw Refusal(wrong_command_line, fmt::format("unknown command '{}'; see: hecaton --help", words.front()));
    CLI::App app("Starts C++ programs on many cores and many machines, over MPI.", "hecaton");
    CommandLine line;
    dress(app, "hecaton COMMAND [OPTIONS...]", examples);
    app.add_subcommand("run", "Start ranks of a program");
    app.add_subcommand("doctor", "Look for what would keep a program from running");
    app.set_version_flag("--version", fmt::format("hecaton {}", hecaton::version()), "Print the version");
    line.text = parse_options(app, words, "hecaton --help");
    if (line.text.empty())
        throw Refusal(wrong_command_line, "the command comes first, for example: hecaton run -n 4 ./program");
    return line;
}

}  // namespace hecaton::launcher

#include <launcher/base/refusal.hpp>
#include <launcher/cli/cli.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <hecaton/foundation/version.hpp>
#include <memory>

#include <launcher/cli/parser.hpp>
#include <launcher/cli/unknown.hpp>
#include <launcher/cli/values.hpp>

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

std::vector<std::string> long_names(const CLI::App& command) {
    std::vector<std::string> names;
    for (const auto* option : command.get_options())
        for (const auto& name : option->get_lnames()) names.push_back(name);
    return names;
}

Refusal unknown_option(const CLI::App& command, const std::string& option, const char* see) {
    const std::string advice = advice_about(option, long_names(command));
    return {wrong_command_line,
            fmt::format("unknown option {}{}; see: {}", option, advice.empty() ? "" : ": " + advice, see)};
}

Refusal unknown_command(const std::string& word) {
    const bool path = word.find('/') != std::string::npos;
    return {wrong_command_line, path ? fmt::format("'{}' is no command; to start a program: hecaton run {}", word, word)
                                     : fmt::format("unknown command '{}'; see: hecaton --help", word)};
}

// "help run", "--help run" and "run --help" are the same.
std::vector<std::string> help_first(const std::vector<std::string>& words) {
    const bool help = words.front() == "help" || words.front() == "--help" || words.front() == "-h";
    if (!help) return words;
    if (words.size() > 1 && (words[1] == "run" || words[1] == "doctor")) return {words[1], "--help"};
    if (words.front() == "help" && words.size() == 1) return {"--help"};
    return words;
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

std::vector<std::string> in_our_words(const CLI::App& command, std::vector<std::string> words, const char* see) {
    for (std::size_t at = 0; at < words.size() && words[at] != "--" && words[at].starts_with('-'); ++at) {
        auto& word = words[at];
        if (word == "-np") word = "-n";
        const bool one_dash = !word.starts_with("--") && word.size() > 2;
        if (one_dash && !advice_about(word, long_names(command)).empty()) throw unknown_option(command, word, see);
        if (takes_next_word(command, word)) ++at;
    }
    return words;
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
        throw unknown_option(app, app.remaining().front(), see);
    } catch (
        const CLI::ConversionError& error) {  // "Could not convert: --label = maybe": a flag, maybe by its variable
        const std::string_view text = error.what();
        throw Refusal(wrong_command_line,
                      fmt::format("{} (or its variable): write 1 or 0; see: {}", text.substr(text.find('-')), see));
    } catch (const CLI::ParseError& error) {
        throw Refusal(wrong_command_line, fmt::format("{}; see: {}", error.what(), see));
    }
    return {};
}

bool on_line(const CLI::App& app, const std::vector<std::string>& words, const char* name) {
    const auto* option = app.get_option(name);
    return std::ranges::any_of(words, [&](const std::string& word) {
        const bool is_long = word.starts_with("--");
        return word.starts_with('-') &&
               option->check_name(is_long ? word.substr(0, word.find('=')) : word.substr(0, 2));
    });
}

void blaming_variables(const CLI::App& app, const std::vector<std::string>& words, const char* name,
                       const std::function<void()>& take) {
    try {
        take();
    } catch (const Refusal& refusal) {
        if (on_line(app, words, name)) throw;
        throw Refusal(refusal.status(),
                      fmt::format("{} ({} says so)", refusal.what(), app.get_option(name)->get_envname()));
    }
}

std::vector<detail::launch::Host> hosts_given(const CLI::App& app, const std::vector<std::string>& words,
                                              const std::string& hosts, const std::string& hostfile) {
    bool list = app.count("--hosts") > 0;
    bool file = app.count("--hostfile") > 0;
    const bool list_on_line = on_line(app, words, "--hosts");
    if (list && file && list_on_line != on_line(app, words, "--hostfile")) (list_on_line ? file : list) = false;
    if (list && file) throw Refusal(wrong_command_line, "--hosts and --hostfile: give one of them");
    std::vector<detail::launch::Host> found;
    if (list) blaming_variables(app, words, "--hosts", [&] { found = host_list(hosts); });
    if (file) blaming_variables(app, words, "--hostfile", [&] { found = host_file(hostfile); });
    return found;
}

CommandLine parse(const std::vector<std::string>& given, const detail::launch::Variables& environment) {
    if (given.empty())
        throw Refusal(wrong_command_line, "nothing to do; for example: hecaton run -n 4 ./program, or: hecaton --help");
    const auto words = help_first(given);
    if (words.front() == "run") return parse_run({words.begin() + 1, words.end()}, environment);
    if (words.front() == "doctor") return parse_doctor({words.begin() + 1, words.end()});
    if (!words.front().starts_with('-')) throw unknown_command(words.front());
    CLI::App app("Starts C++ programs on many cores and many machines, over MPI.", "hecaton");
    CommandLine line;
    dress(app, "hecaton COMMAND [OPTIONS...]", examples);
    app.add_subcommand("run", "Start ranks of a program");
    app.add_subcommand("doctor", "Look for what would keep a program from running");
    app.set_version_flag("--version", fmt::format("hecaton {}", hecaton::version()), "Print the version");
    const Refusal no_command(wrong_command_line, "the command comes first, for example: hecaton run -n 4 ./program");
    if (words.size() > 1 && !app.get_option_no_throw(words.front())) throw no_command;
    line.text = parse_options(app, words, "hecaton --help");
    if (line.text.empty()) throw no_command;
    return line;
}

}  // namespace hecaton::launcher

#include <launcher/cli/parser.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <sstream>

#include <launcher/base/refusal.hpp>
#include <launcher/cli/unknown.hpp>

namespace hecaton::launcher {
namespace {

// CLI11's own usage line would have the options after PROGRAM.
class Help : public CLI::Formatter {
  public:
    explicit Help(std::string usage) : usage_(std::move(usage)) { column_width(34); }
    std::string make_usage(const CLI::App*, std::string) const override { return "Usage: " + usage_ + "\n"; }

  private:
    std::string usage_;
};

CLI::Option& cli_option(CLI::App& app, const Option& option) {
    return *app.get_option(fmt::format("--{}", option.name));
}

void add_options(CLI::App& app, const std::vector<Option>& options) {
    for (const auto& option : options) {
        const std::string names = option.more.letter != 0 ? fmt::format("-{},--{}", option.more.letter, option.name)
                                                          : fmt::format("--{}", option.name);
        CLI::Option* added = option.parser.flag ? app.add_flag(names) : app.add_option(names)->type_name(option.value);
        added->description(option.help);
        if (option.more.repeatable) added->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }
}

// CLI11 would read the variables itself if it knew them while it parses; then it would not tell who gave a text.
std::string help(CLI::App& app, const CommandTable& table) {
    if (table.variables)
        for (const auto& option : table.options) cli_option(app, option).envname(variable(option.name));
    return app.help();
}

std::vector<std::string> long_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const auto* option : app.get_options())
        for (const auto& name : option->get_lnames()) names.push_back(name);
    return names;
}

Refusal unknown_option(const CLI::App& app, const std::string& option, const std::string& see) {
    const std::string advice = advice_about(option, long_names(app));
    return {wrong_command_line,
            fmt::format("unknown option {}{}; see: {}", option, advice.empty() ? "" : ": " + advice, see)};
}

// True when the next word is this option's text: a known option that takes one, and does not have it attached.
bool takes_next_word(const CLI::App& app, const std::string& word) {
    const bool is_long = word.starts_with("--");
    const auto attached = is_long ? word.find('=') != std::string::npos : word.size() > 2;
    const auto* option = app.get_option_no_throw(word);
    return !attached && option && option->get_items_expected_min() > 0;
}

// Separates the options from "--" and the words after them. mpirun's -np becomes -n. Refuses the
// other long options with one dash, which CLI11 would take for several short ones (-hosts for -h).
std::vector<std::string> take_options(const CLI::App& app, std::vector<std::string>& words, const std::string& see) {
    std::size_t at = 0;
    for (; at < words.size() && words[at] != "--" && words[at].starts_with('-') && words[at] != "-"; ++at) {
        auto& word = words[at];
        if (word == "-np") word = "-n";
        const bool one_dash = !word.starts_with("--") && word.size() > 2;
        if (one_dash && !advice_about(word, long_names(app)).empty()) throw unknown_option(app, word, see);
        if (takes_next_word(app, word)) ++at;
    }
    at = std::min(at, words.size());
    const auto end = words.begin() + static_cast<std::ptrdiff_t>(at);
    std::vector<std::string> options(words.begin(), end);
    words.erase(words.begin(), end);
    return options;
}

std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> found;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        if (!line.empty()) found.push_back(line);
    return found;
}

// Stores the value of one option: that of its variable, or else that of the command line.
void store(CLI::Option& parsed, const Option& option, const std::string& of_variable) {
    if (option.parser.flag) {
        if (!of_variable.empty()) parsed.add_result(of_variable);
        *option.parser.flag = parsed.as<bool>();
        return;
    }
    const auto texts = of_variable.empty()      ? parsed.results()
                       : option.more.repeatable ? lines(of_variable)
                                                : std::vector<std::string>{of_variable};
    try {
        for (const auto& text : texts) option.parser.store(spelling(option), text);
    } catch (const Refusal& refusal) {
        if (of_variable.empty()) throw;
        throw Refusal(refusal.status(), fmt::format("{} ({} says so)", refusal.what(), variable(option.name)));
    }
}

// What is on the command line goes before variables, also before that of an alternative.
void store_values(CLI::App& app, const CommandTable& table, const detail::launch::Variables& environment) {
    std::set<std::string_view> on_line;
    for (const auto& option : table.options)
        if (cli_option(app, option).count() > 0) on_line.insert(option.name);
    for (const auto& option : table.options) {
        const std::string_view other = option.more.alternative;
        const bool here = on_line.contains(option.name);
        std::string_view text;
        if (table.variables && !here && !on_line.contains(other))
            text = detail::launch::value(environment, variable(option.name));
        const bool both = here ? on_line.contains(other)
                               : !text.empty() && !detail::launch::value(environment, variable(other)).empty();
        if (both) throw Refusal(wrong_command_line, fmt::format("--{} and --{}: give one of them", option.name, other));
        if (here || !text.empty()) store(cli_option(app, option), option, std::string(text));
    }
}

}  // namespace

void set_help(CLI::App& app, const std::string& usage, const std::string& footer) {
    app.formatter(std::make_shared<Help>(usage));
    app.footer(footer);
}

Refusal translate_cli_error(const CLI::App& app, const CLI::ParseError& error, const std::string& see) {
    const std::string_view text = error.what();
    if (dynamic_cast<const CLI::ExtrasError*>(&error)) return unknown_option(app, app.remaining().front(), see);
    if (dynamic_cast<const CLI::ConversionError*>(&error))  // "Could not convert: --label = maybe", a flag
        return {wrong_command_line,
                fmt::format("{} (or its variable): write 1 or 0; see: {}", text.substr(text.find('-')), see)};
    return {wrong_command_line, fmt::format("{}; see: {}", text, see)};
}

std::string parse_command(const CommandTable& table, std::vector<std::string> words,
                          const detail::launch::Variables& environment) {
    const std::string see = fmt::format("hecaton {} --help", table.name);
    CLI::App app(table.about, fmt::format("hecaton {}", table.name));
    set_help(app, table.usage, table.footer);
    add_options(app, table.options);
    auto options = take_options(app, words, see);
    std::vector<std::string> operands;
    while (table.options_behind && !words.empty() && words.front() != "--") {
        operands.push_back(words.front());
        words.erase(words.begin());
        std::ranges::copy(take_options(app, words, see), std::back_inserter(options));
    }
    std::ranges::reverse(options);  // CLI11 wants the last one first
    try {
        app.parse(options);
        store_values(app, table, environment);
    } catch (const CLI::CallForHelp&) {
        return help(app, table);
    } catch (const CLI::ParseError& error) {
        throw translate_cli_error(app, error, see);
    }
    const bool dashes = !words.empty() && words.front() == "--";
    if (dashes) words.erase(words.begin());
    std::ranges::copy(words, std::back_inserter(operands));
    table.operands(operands, dashes);
    return {};
}

}  // namespace hecaton::launcher

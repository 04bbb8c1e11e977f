#include <launcher/cli/listing.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

namespace hecaton::launcher {
namespace {

std::string kind_of_text(const Parser& parser) {
    if (parser.flag != nullptr) return "flag";
    if (!parser.words.empty()) return "wordlist";
    return *parser.completion ? parser.completion : "any";
}

std::string completion_row(const Option& option) {
    const std::string letter = option.more.letter != 0 ? fmt::format("-{} ", option.more.letter) : "";
    return fmt::format("{}--{}\t{}\t{}\n", letter, option.name, kind_of_text(option.parser),
                       fmt::join(option.parser.words, " "));
}

// Plain text for troff, which would print a bare hyphen as the end of a syllable, and a bare ' as a closing quote.
std::string for_troff(const std::string& text) {
    std::string made;
    for (const char letter : text) {
        if (letter == '-')
            made += "\\-";
        else if (letter == '\'')
            made += "\\(aq";
        else
            made += letter;
    }
    return made;
}

std::string manual_entry(const Option& option, bool has_variable) {
    const std::string letter = option.more.letter != 0 ? fmt::format("\\-{} \", \" ", option.more.letter) : "";
    const std::string text = *option.value ? fmt::format(" \" \\fI{}\\fR\"", for_troff(option.value)) : "";
    const std::string more = *option.more.manual ? fmt::format(" {}", option.more.manual) : "";
    return fmt::format(".TP\n.BR {}\\-\\-{}{}\n{}{}\n", letter, for_troff(option.name), text,
                       for_troff(fmt::format("{}.{}", option.help, more)),
                       has_variable ? fmt::format(" [{}]", variable(option.name)) : "");
}

}  // namespace

std::string completion_list(const std::vector<CommandTable>& tables, const std::string& command, bool actions) {
    const auto found = std::ranges::find(tables, command, &CommandTable::name);
    std::string list;
    if (found == tables.end()) {
        for (const auto& table : tables) list += fmt::format("{}\n", table.name);
        return command == "help" ? list : command.empty() ? list + "help\n--help\n--version\n" : "";
    }
    if (!found->actions.empty() && actions) return fmt::format("{}\n", fmt::join(found->actions, "\n"));
    if (actions) return "";
    list = "-h --help\tflag\t\n";
    for (const auto& option : found->options) list += completion_row(option);
    return list;
}

std::string manual_sections(const std::vector<CommandTable>& tables) {
    std::string text;
    for (const auto& table : tables) {
        std::string name = table.name;
        for (auto& letter : name) letter = static_cast<char>(std::toupper(letter));
        text += fmt::format(".SH OPTIONS OF {}\n", name);
        for (const auto& option : table.options) text += manual_entry(option, table.variables);
    }
    return text;
}

}  // namespace hecaton::launcher

// The table of a command: its options are rows, from which its parser, help, man page and completion are made.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <hecaton/launch/command.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <launcher/cli/cli.hpp>

namespace hecaton::launcher {

/// Turns the text of an option into a value, and stores that.
struct Parser {
    bool* flag = nullptr;  ///< set for an option without a text
    /// Stores the value of `text`. Throws Refusal, which calls the option `option`.
    std::function<void(const std::string& option, const std::string& text)> store = {};
    std::vector<std::string> words = {};  ///< the texts that are allowed, sorted; empty: any
    const char* completion = "";          ///< the action of bash's compgen that offers texts: "file"
};

/// What only some options have.
struct OptionDetails {
    char letter = 0;               ///< 'n' for -n
    const char* manual = "";       ///< what the man page says besides the help, in whole sentences
    const char* alternative = "";  ///< the option that sets the same, and must not be given too
    bool repeatable = false;       ///< may be given several times; its variable has a text on each line
};

/// An option of a command, a row of its table.
struct Option {
    const char* name;   ///< "ranks": the option is --ranks, its variable HECATON_RANKS
    const char* value;  ///< the word for its text in help and man page; empty for a flag
    const char* help;   ///< in help and man page, without a full stop
    Parser parser;
    OptionDetails more = {};
};

/// A command: "hecaton NAME".
struct CommandTable {
    Verb verb;
    const char* name;
    const char* summary;  ///< in the help of hecaton
    const char* about;    ///< the first line of its own help
    const char* usage;    ///< without "Usage: "
    const char* footer;   ///< the end of its help: examples
    std::vector<Option> options;
    /// Takes the words after the options, and whether "--" stood in front of them.
    std::function<void(const std::vector<std::string>& words, bool dashes)> operands;
    std::vector<std::string> actions = {};  ///< where the first word says what is to be done: what it may be, sorted
    bool options_behind = false;            ///< the options may stand behind the words too
    bool variables = true;                  ///< each option has one
};

/// The tables, whose rows store into `line`. `environment` is that of this process.
std::vector<CommandTable> command_tables(CommandLine& line, const detail::launch::Variables& environment);
CommandTable run_table(RunOptions& run, const detail::launch::Variables& environment);
CommandTable doctor_table(DoctorOptions& doctor);
CommandTable journal_table(JournalOptions& journal);
CommandTable report_table(ReportOptions& report);
CommandTable top_table(std::string& job);
CommandTable submit_table(SubmitOptions& submit, const detail::launch::Variables& environment);
CommandTable status_table(JobOptions& jobs);
CommandTable logs_table(JobOptions& jobs);
CommandTable wait_table(JobOptions& jobs);
CommandTable cancel_table(JobOptions& jobs);

/// "-n", or "--hosts" where it has no letter.
std::string spelling(const Option& option);

/// The variable that stands for the option of that name where it is not given: "HECATON_RANKS".
std::string variable(std::string_view name);

/// The parsers of rows.
Parser flag(bool& to);
Parser text(std::string& to, const char* completion);
Parser number(int& to, std::string what);  ///< `what` for the refusal: "the number of ranks"
Parser time_span(std::chrono::milliseconds& to, bool zero_too = true);
Parser command(std::vector<std::string>& to);
Parser texts(std::vector<std::string>& to);                                     ///< one more each time
Parser listed_numbers(std::vector<std::pair<int, int>>& to, std::string what);  ///< "0-3,7", rising
Parser listed_hosts(std::vector<detail::launch::Host>& to);
Parser hosts_of_file(std::vector<detail::launch::Host>& to);
Parser setting_of(std::vector<std::pair<std::string, std::string>>& to, const detail::launch::Variables& environment);

/// Throws the refusal of a text that is none of `words`.
[[noreturn]] void refuse_word(const std::string& option, const std::string& text,
                              const std::vector<std::string>& words);

/// One of a few words, each of which has a value.
template <class T>
Parser one_of(T& to, std::vector<std::pair<std::string, T>> known) {
    Parser made;
    for (const auto& [word, value] : known) made.words.push_back(word);
    std::ranges::sort(made.words);
    made.store = [&to, known = std::move(known), words = made.words](const std::string& option,
                                                                     const std::string& text) {
        const auto found = std::ranges::find(known, text, &std::pair<std::string, T>::first);
        if (found == known.end()) refuse_word(option, text, words);
        to = found->second;
    };
    return made;
}

}  // namespace hecaton::launcher

#include <launcher/cli/option.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cctype>

#include <launcher/base/refusal.hpp>
#include <launcher/cli/values.hpp>

namespace hecaton::launcher {

std::vector<CommandTable> command_tables(CommandLine& line, const detail::launch::Variables& environment) {
    return {run_table(line.run, environment),
            submit_table(line.submit, environment),
            status_table(line.jobs),
            logs_table(line.jobs),
            wait_table(line.jobs),
            cancel_table(line.jobs),
            doctor_table(line.doctor),
            journal_table(line.journal),
            report_table(line.report),
            top_table(line.top)};
}

std::string spelling(const Option& option) {
    return option.more.letter != 0 ? fmt::format("-{}", option.more.letter) : fmt::format("--{}", option.name);
}

std::string variable(std::string_view name) {
    std::string made = fmt::format("HECATON_{}", name);
    for (auto& letter : made) letter = letter == '-' ? '_' : static_cast<char>(std::toupper(letter));
    return made;
}

Parser flag(bool& to) { return {.flag = &to}; }

Parser text(std::string& to, const char* completion) {
    return {.store = [&to](const std::string&, const std::string& text) { to = text; }, .completion = completion};
}

Parser number(int& to, std::string what) {
    return {.store = [&to, what = std::move(what)](const std::string& option, const std::string& text) {
        to = positive_number(option, what, text);
    }};
}

Parser time_span(std::chrono::milliseconds& to, bool zero_too) {
    return {.store = [&to, zero_too](const std::string& option, const std::string& text) {
        to = duration(option, text, zero_too);
    }};
}

Parser command(std::vector<std::string>& to) {
    return {.store = [&to](const std::string& option, const std::string& text) { to = command_words(option, text); }};
}

Parser texts(std::vector<std::string>& to) {
    return {.store = [&to](const std::string&, const std::string& text) { to.push_back(text); }};
}

Parser listed_numbers(std::vector<std::pair<int, int>>& to, std::string what) {
    return {.store = [&to, what = std::move(what)](const std::string& option, const std::string& text) {
        to = number_list(option, what, text);
    }};
}

Parser listed_hosts(std::vector<detail::launch::Host>& to) {
    return {.store = [&to](const std::string&, const std::string& text) { to = host_list(text); },
            .completion = "hostname"};
}

Parser hosts_of_file(std::vector<detail::launch::Host>& to) {
    return {.store = [&to](const std::string&, const std::string& text) { to = host_file(text); },
            .completion = "file"};
}

Parser setting_of(std::vector<std::pair<std::string, std::string>>& to, const detail::launch::Variables& environment) {
    return {.store = [&](const std::string&, const std::string& text) { to.push_back(setting(text, environment)); },
            .completion = "variable"};
}

void refuse_word(const std::string& option, const std::string& text, const std::vector<std::string>& words) {
    throw Refusal(wrong_command_line, fmt::format("{} {}: it must be one of {}", option, text, fmt::join(words, ", ")));
}

}  // namespace hecaton::launcher

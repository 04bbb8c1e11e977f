#include <launcher/hosts/agent.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/log.hpp>
#include <iterator>
#include <span>
#include <sstream>

#include <hecaton/launch/batch_job.hpp>
#include <launcher/base/figures.hpp>
#include <launcher/base/refusal.hpp>

namespace hecaton::launcher {
namespace {

constexpr const char* lsf_word = "lsf";
constexpr const char* flux_word = "flux";

int become(const std::vector<std::string>& command) {
    std::vector<char*> argv;
    argv.reserve(command.size() + 1);
    for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    ::execvp(argv[0], argv.data());
    const int problem = errno;
    detail::log::line(fmt::format("{} cannot be run: {}", command[0], std::strerror(problem)));
    return problem == ENOENT ? not_found : not_executable;
}

}  // namespace

std::vector<std::string> lsf_agent(const std::string& self) { return {self, agent_word, lsf_word}; }

std::vector<std::string> flux_agent(const std::string& self, const std::vector<std::string>& names) {
    return {self, agent_word, flux_word, fmt::format("{}", fmt::join(names, ","))};
}

std::string name_of_agent(const std::vector<std::string>& words) {
    if (words.size() < 3 || words[1] != agent_word) return "ssh";
    return words[2] == lsf_word ? "blaunch" : "flux exec";
}

std::vector<std::string> agent_command(const std::string& self, const std::vector<std::string>& words) {
    const bool flux = !words.empty() && words[0] == flux_word;
    if (!flux && (words.empty() || words[0] != lsf_word)) return {};
    const auto begin = words.begin() + std::min<std::ptrdiff_t>(flux ? 2 : 1, std::ssize(words));
    const auto host = std::find_if(begin, words.end(), [](const std::string& word) { return !word.starts_with('-'); });
    if (host == words.end() || host + 1 == words.end()) return {};
    const std::string text = fmt::format("{}", fmt::join(host + 1, words.end(), " "));
    const std::vector<std::string> there{self, shell_word, hexadecimal(std::as_bytes(std::span(text)))};
    std::vector<std::string> command{"blaunch", *host};
    if (flux) {
        std::istringstream names(words[1]);
        int rank = 0;
        std::string name;
        while (std::getline(names, name, ',') && !detail::launch::same_machine(name, *host)) ++rank;
        if (!names) return {};
        command = {"flux", "exec", "-n", "-r", std::to_string(rank)};
    }
    command.insert(command.end(), there.begin(), there.end());
    return command;
}

std::string text_of_digits(std::string_view digits) {
    std::string text;
    for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
        unsigned byte = 0;
        const char* const end = digits.data() + at + 2;
        if (std::from_chars(digits.data() + at, end, byte, 16).ptr != end) return {};
        text += static_cast<char>(byte);
    }
    return digits.size() % 2 == 0 ? text : std::string();
}

int run_agent(char** argv) {
    std::vector<std::string> words;
    for (char** word = argv; *word != nullptr; ++word) words.emplace_back(*word);
    const auto command = agent_command(detail::host::executable(), words);
    if (!command.empty()) return become(command);
    detail::log::line(fmt::format("{}: that is no host of the job with a command", fmt::join(words, " ")));
    return wrong_command_line;
}

int run_shell(char** argv) {
    const std::string text = argv[0] != nullptr ? text_of_digits(argv[0]) : std::string();
    if (!text.empty()) return become({"/bin/sh", "-c", text});
    detail::log::line("an agent's command did not arrive as it was sent");
    return wrong_command_line;
}

}  // namespace hecaton::launcher

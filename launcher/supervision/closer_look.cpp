#include <launcher/supervision/closer_look.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <hecaton/foundation/host.hpp>
#include <vector>

namespace hecaton::launcher {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest = 2'000;  // of a line that anybody would paste

bool is_script(const std::string& program) {
    std::ifstream file(program, std::ios::binary);
    std::array<char, 2> begin{};
    return file.read(begin.data(), begin.size()) && begin[0] == '#' && begin[1] == '!';
}

bool is_debugger(const std::string& program) {
    const std::string name = fs::path(program).filename();
    return name == "gdb" || name == "lldb" || name == "valgrind" || name == "strace";
}

const char* word(Engine engine) {
    switch (engine) {
        case Engine::open_mpi:
            return "openmpi";
        case Engine::hydra:
            return "hydra";
        case Engine::srun:
            return "srun";
        default:
            return "";
    }
}

std::string host_list(const RunOptions& run) {
    std::string list;
    for (const auto& host : run.hosts) list += fmt::format("{}{}:{}", list.empty() ? "" : ",", host.name, host.slots);
    return list;
}

std::string ssh_words(const RunOptions& run) {
    std::string words;
    for (const auto& one : run.ssh) words += (words.empty() ? "" : " ") + one;
    return words == "ssh" ? "" : words;
}

// The options on which it depends where and in which surroundings the ranks run.
std::vector<std::string> places_of(const RunOptions& run) {
    std::vector<std::string> words;
    const auto add = [&](const char* option, const std::string& text) {
        if (!text.empty()) words.insert(words.end(), {option, text});
    };
    add("--ranks-per-node", run.ranks_per_node > 0 ? std::to_string(run.ranks_per_node) : "");
    add("--hosts", host_list(run));
    add("--ssh", ssh_words(run));
    add("--threads", run.threads > 0 ? std::to_string(run.threads) : "");
    add("--engine", word(run.engine));
    add("--wdir", run.wdir);
    for (const auto& [name, text] : run.environment) add("--env", fmt::format("{}={}", name, text));
    return words;
}

// "hecaton" where PATH leads to this very file, else the file.
std::string own_word(const detail::launch::Variables& environment) {
    const std::string self = detail::host::executable();
    const std::string found = detail::launch::find_in_path(detail::launch::search_path(environment), "hecaton");
    std::error_code different;
    return !found.empty() && fs::equivalent(found, self, different) ? "hecaton" : self;
}

}  // namespace

std::string closer_look(const RunOptions& run, int ranks, const detail::launch::Variables& environment) {
    if (is_script(run.program) || is_debugger(run.program)) return {};
    std::vector<std::string> words{own_word(environment), "run", "-n", std::to_string(ranks)};
    for (auto& one : places_of(run)) words.push_back(std::move(one));
    std::error_code ignored;
    const bool elsewhere = !run.wdir.empty() || !run.hosts.empty();
    const std::string program =
        elsewhere ? fs::absolute(run.program, ignored).lexically_normal().string() : run.program;
    words.insert(words.end(), {"gdb", "-batch", "-ex", "run", "-ex", "bt", "--args", program});
    words.insert(words.end(), run.args.begin(), run.args.end());
    std::string line;
    for (const auto& one : words) {
        line += (line.empty() ? "" : " ") + detail::launch::shell_quoted(one);
        if (line.size() > longest) return line.substr(0, longest) + " ...";
    }
    return line;
}

}  // namespace hecaton::launcher

#include <launcher/jobs/request.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include <launcher/base/refusal.hpp>
#include <launcher/jobs/folder.hpp>

namespace hecaton::launcher::jobs {
namespace {

namespace fs = std::filesystem;

constexpr int most_rank_files = 256;

bool in_name(unsigned char letter) {
    return std::isalnum(letter) != 0 || letter == '-' || letter == '_' || letter == '.';
}

void check_variable(const std::string& name) {
    const bool good =
        !name.empty() && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
        std::ranges::all_of(name, [](unsigned char letter) { return std::isalnum(letter) != 0 || letter == '_'; });
    if (!good) throw Refusal(wrong_command_line, fmt::format("env.{}: that is no name of a variable", name));
}

std::string name_of(const SubmitOptions& options) {
    std::string name = options.name;
    if (!name.empty()) {
        if (std::isalpha(static_cast<unsigned char>(name.front())) == 0 || !std::ranges::all_of(name, in_name) ||
            name.size() > 100)
            throw Refusal(wrong_command_line,
                          fmt::format("--name {}: write a letter, then letters, digits, '-', '_' and '.'", name));
        return name;
    }
    name = fs::path(options.program).filename().string().substr(0, 100);
    for (char& letter : name)
        if (!in_name(static_cast<unsigned char>(letter))) letter = '_';
    return name.empty() || std::isalpha(static_cast<unsigned char>(name.front())) == 0 ? "job-" + name : name;
}

void layout(const SubmitOptions& options, batch::Request& request, bool local, int cores) {
    request.nodes = std::max(options.nodes, 1);
    if (local && request.nodes > 1)
        throw Refusal(wrong_command_line, fmt::format("-N {}: a local job has this one machine", request.nodes));
    if (options.ranks_per_node > 0)
        request.ranks_per_node = options.ranks_per_node;
    else if (options.ranks > 0)
        request.ranks_per_node = (options.ranks + request.nodes - 1) / request.nodes;
    else if (local)
        request.ranks_per_node = cores;
    else
        throw Refusal(wrong_command_line,
                      "how many ranks? write for example: -N 2 --ranks-per-node 64, or -n 16 for one node");
    if (options.ranks > 0 && options.ranks_per_node > 0) {
        const int nodes = (options.ranks + options.ranks_per_node - 1) / options.ranks_per_node;
        if (options.nodes > 0 && nodes != options.nodes)
            throw Refusal(wrong_command_line,
                          fmt::format("-N {} --ranks-per-node {} -n {}: {} ranks do not fill {} nodes of {}",
                                      options.nodes, options.ranks_per_node, options.ranks, options.ranks,
                                      options.nodes, options.ranks_per_node));
        request.nodes = nodes;
    }
}

}  // namespace

void check_word(const std::string& option, const std::string& text) {
    const bool good = std::ranges::all_of(text, [](unsigned char letter) {
        return std::isgraph(letter) != 0 &&
               std::string_view("'\"\\`$;|&<>(){}*?#").find(static_cast<char>(letter)) == std::string_view::npos;
    });
    if (!good || text.starts_with('-'))
        throw Refusal(wrong_command_line, fmt::format("{} {}: that is no name", option, text));
}

batch::Request request_of(const SubmitOptions& options, const std::string& scheduler, int cores) {
    batch::Request request;
    request.name = name_of(options);
    request.token = new_token();
    layout(options, request, scheduler == "local", cores);
    request.limit = std::chrono::ceil<std::chrono::seconds>(options.time);
    request.queue = options.queue;
    request.account = options.account;
    request.qos = options.qos;
    request.memory = options.memory;
    request.gpus_per_rank = options.gpus_per_rank;
    request.exclusive = options.exclusive;
    request.mail = options.mail;
    request.after = options.after;
    request.array = {.ranges = options.array, .at_once = options.at_once};
    request.restarts = options.restarts;
    request.directives = options.directives;
    request.modules = options.modules;
    request.set = options.set;
    if (request.restarts > 0 && request.limit.count() == 0)
        throw Refusal(wrong_command_line, "--restarts: it needs --time, so that the job knows when to stop");
    check_word("--queue", request.queue);
    check_word("--account", request.account);
    check_word("--qos", request.qos);
    check_word("--mail", request.mail);
    for (const auto& module : request.modules) check_word("--module", module);
    for (const auto& [name, value] : request.set) check_variable(name);
    for (const auto& line : request.directives)
        if (line.empty() || std::ranges::any_of(line, [](unsigned char letter) { return std::iscntrl(letter) != 0; }))
            throw Refusal(wrong_command_line, "--directive: one line of text, without the batch system's mark");
    std::error_code problem;
    auto folder =
        options.wdir.empty() ? fs::current_path(problem) : fs::absolute(options.wdir, problem).lexically_normal();
    if (!folder.has_filename() && folder.has_relative_path()) folder = folder.parent_path();
    if (problem || !fs::is_directory(folder, problem))
        throw Refusal(wrong_command_line, fmt::format("--wdir {}: there is no such folder", options.wdir));
    request.working_folder = folder.string();
    return request;
}

std::vector<std::string> run_options(const SubmitOptions& options, const batch::Request& request) {
    std::vector<std::string> words{"--job-folder", request.folder};
    const int ranks = options.ranks > 0 ? options.ranks : request.nodes * request.ranks_per_node;
    words.insert(words.end(), {"-n", std::to_string(ranks)});
    if (request.nodes > 1) words.insert(words.end(), {"--ranks-per-node", std::to_string(request.ranks_per_node)});
    if (!options.journal.empty()) words.insert(words.end(), {"--journal", options.journal});
    if (!options.report.empty()) words.insert(words.end(), {"--report", options.report});
    if (!options.trace.empty()) words.insert(words.end(), {"--trace", options.trace});
    if (options.threads > 0) words.insert(words.end(), {"--threads", std::to_string(options.threads)});
    if (request.gpus_per_rank > 0)
        words.insert(words.end(), {"--gpus-per-rank", std::to_string(request.gpus_per_rank)});
    // A file for each of thousands of ranks would be a burden on the file system.
    if (ranks <= most_rank_files && options.array.empty())
        words.insert(words.end(), {"--output-dir", request.folder + "/ranks"});
    if (options.label) words.emplace_back("--label");
    for (const auto& [name, text] : options.environment)
        words.insert(words.end(), {"--env", fmt::format("{}={}", name, text)});
    return words;
}

}  // namespace hecaton::launcher::jobs

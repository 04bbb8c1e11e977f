// The file that the doctor proposes for all jobs.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include <launcher/doctor/batch/site_checks.hpp>

namespace hecaton::launcher {
namespace {

// A basic string of TOML.
std::string in_quotes(const std::string& text) {
    std::string all = "\"";
    for (const char letter : text) {
        if (letter == '"' || letter == '\\') all += '\\';
        if (static_cast<unsigned char>(letter) < ' ' || letter == '\x7f')
            all += fmt::format("\\u{:04X}", static_cast<unsigned char>(letter));
        else
            all += letter;
    }
    return all + "\"";
}

std::string list(const std::vector<std::string>& texts) {
    std::vector<std::string> all;
    all.reserve(texts.size());
    for (const auto& text : texts) all.push_back(in_quotes(text));
    return fmt::format("[{}]", fmt::join(all, ", "));
}

// A comment is one line, whatever a batch system has in its names.
std::string comment(std::string words) {
    std::ranges::replace_if(
        words, [](unsigned char letter) { return letter < ' ' || letter == 0x7f; }, '?');
    return "# " + words + "\n";
}

std::string other_queues(const AskedSite& asked, const std::string& chosen) {
    std::vector<std::string> others;
    for (const auto& queue : asked.site.queues)
        if (queue.name != chosen && !queue.name.empty()) others.push_back(queue.name);
    return others.empty() ? "" : comment(fmt::format("others: {}", fmt::join(others, ", ")));
}

std::string other_environments(const AskedSite& asked) {
    std::vector<std::string> all;
    all.reserve(asked.site.environments.size());
    for (const auto& one : asked.site.environments) all.push_back(fmt::format("{} ({})", one.name, one.rule));
    return all.size() < 2 ? "" : comment(fmt::format("parallel environments: {}", fmt::join(all, ", ")));
}

}  // namespace

std::string configuration(const AskedSite& asked, const SubmitOptions& wishes) {
    if (!asked.trouble.empty()) return {};
    std::string text = comment("for all jobs: /etc/hecaton.toml; for yours: ~/.config/hecaton/config.toml");
    text += fmt::format("scheduler = {}\n", in_quotes(asked.scheduler));
    const auto* const usual = queue_of(asked.site, wishes.queue);
    const std::string queue = wishes.queue.empty() && usual ? usual->name : wishes.queue;
    std::string own;
    if (!queue.empty())
        own += fmt::format("{} = {}\n", asked.scheduler == "slurm" ? "partition" : "queue", in_quotes(queue));
    own += other_queues(asked, queue);
    if (!wishes.account.empty()) own += fmt::format("account = {}\n", in_quotes(wishes.account));
    if (!wishes.directives.empty()) own += fmt::format("directives = {}\n", list(wishes.directives));
    own += other_environments(asked);
    if (!wishes.modules.empty()) own += fmt::format("modules = {}\n", list(wishes.modules));
    return own.empty() ? text : text + fmt::format("[{}]\n", asked.scheduler) + own;
}

}  // namespace hecaton::launcher

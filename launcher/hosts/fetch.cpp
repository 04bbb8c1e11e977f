#include <launcher/hosts/fetch.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <hecaton/foundation/subprocess.hpp>
#include <hecaton/launch/command.hpp>

#include <launcher/hosts/hosts.hpp>

namespace hecaton::launcher {
namespace {

constexpr auto longest_copy = std::chrono::minutes(10);
constexpr int not_there = 3;

}  // namespace

std::string fetch_file(const std::vector<std::string>& ssh, const std::string& host, const std::string& from,
                       const std::string& to) {
    const auto quoted = [](const std::string& text) { return detail::launch::shell_quoted(text); };
    const auto file = quoted(from);
    const std::string there = fmt::format("test -e {0} || exit {1}; cat {0} && rm -f {0}", file, not_there);
    std::string line = "exec";
    for (const auto& word : ssh_with_timeout(ssh)) line += " " + quoted(word);
    line += fmt::format(" {} {} > {}", quoted(host), quoted(there), quoted(to));
    const auto result = detail::Subprocess::run(
        {.argv = {"/bin/sh", "-c", line}, .errors = detail::Subprocess::Errors::apart}, longest_copy);
    if (result.problem == 0 && !result.late && result.status == 0) return {};
    ::unlink(to.c_str());
    if (result.problem != 0) return std::strerror(result.problem);
    if (result.late) return fmt::format("it took longer than {} minutes", longest_copy.count());
    if (result.status == not_there) return {};
    const auto end = result.error.find_last_not_of(" \r\n");
    const auto line_end = result.error.rfind('\n', end);
    if (end == std::string::npos) return fmt::format("{} ended with status {}", ssh.front(), result.status);
    return result.error.substr(line_end == std::string::npos ? 0 : line_end + 1, end - line_end);
}

}  // namespace hecaton::launcher

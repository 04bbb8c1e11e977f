#include <launcher/hosts/ipv6_ssh.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <hecaton/foundation/log.hpp>
#include <string_view>

#include <launcher/base/refusal.hpp>
#include <launcher/hosts/addresses.hpp>

namespace hecaton::launcher {
namespace {

constexpr std::string_view ipv6_mark = "ipv6-";

}  // namespace

std::string name_without_colons(const std::string& host) {
    if (!is_ipv6(host)) return host;
    std::string name = fmt::format("{}{}", ipv6_mark, host);
    std::ranges::replace(name, ':', '-');
    return name;
}

std::vector<std::string> ssh_by_address(const std::string& self, const std::vector<std::string>& ssh) {
    std::vector<std::string> words{self, ssh_word};
    words.insert(words.end(), ssh.begin(), ssh.end());
    return words;
}

// The host is the one word that begins so: ssh's options come before it, and a command for it after it.
int run_ssh(char** argv) {
    for (char** word = argv; *word != nullptr; ++word) {
        if (!std::string_view(*word).starts_with(ipv6_mark)) continue;
        *word += ipv6_mark.size();
        std::replace(*word, *word + std::strlen(*word), '-', ':');
        break;
    }
    ::execvp(argv[0], argv);
    const int problem = errno;
    detail::log::line(fmt::format("{} cannot be run: {}", argv[0], std::strerror(problem)));
    return problem == ENOENT ? not_found : not_executable;
}

}  // namespace hecaton::launcher

#include <launcher/hosts/hosts.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <hecaton/foundation/host.hpp>

#include <launcher/link/sockets.hpp>

namespace hecaton::launcher {
namespace {

using clock = std::chrono::steady_clock;
constexpr auto longest_wait = std::chrono::seconds(10);

// One running ssh.
struct Call {
    pid_t pid = 0;
    Descriptor output;
    Descriptor error;
    std::string said;
    std::string complained;
    long long began = 0;
    long long answered = 0;
};

long long now_in_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

Call start(std::vector<std::string> words) {
    Call made;
    made.began = now_in_ms();
    std::array<int, 2> out{-1, -1};
    std::array<int, 2> err{-1, -1};
    if (::pipe2(out.data(), O_CLOEXEC) != 0 || ::pipe2(err.data(), O_CLOEXEC) != 0) return made;
    made.output.reset(out[0]);
    made.error.reset(err[0]);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const int problem = ::posix_spawnp(&made.pid, argv[0], &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(out[1]);
    ::close(err[1]);
    if (problem != 0) {
        made.pid = 0;
        made.complained = fmt::format("{}: {}", words[0], std::strerror(problem));
    }
    return made;
}

void read_some(Descriptor& from, std::string& to) {
    std::array<char, 4'096> buffer;
    const auto count = ::read(from.get(), buffer.data(), buffer.size());
    if (count > 0)
        to.append(buffer.data(), static_cast<std::size_t>(count));
    else if (count == 0 || errno != EINTR)
        from.reset();
}

// Until all have ended, or for longest_wait.
void listen(std::vector<Call>& calls) {
    const auto deadline = clock::now() + longest_wait;
    for (;;) {
        std::vector<pollfd> files;
        for (const auto& call : calls)
            for (const auto* file : {&call.output, &call.error}) files.push_back({file->get(), POLLIN, 0});
        const bool all_done = std::ranges::all_of(files, [](const pollfd& file) { return file.fd < 0; });
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now()).count();
        if (all_done || left <= 0 || ::poll(files.data(), files.size(), static_cast<int>(left)) == 0) return;
        for (std::size_t i = 0; i < calls.size(); ++i) {
            if (files[2 * i].revents) read_some(calls[i].output, calls[i].said);
            if (files[2 * i].revents && calls[i].answered == 0) calls[i].answered = now_in_ms();
            if (files[2 * i + 1].revents) read_some(calls[i].error, calls[i].complained);
        }
    }
}

std::string last_line(std::string text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
    return text.substr(text.rfind('\n') + 1);
}

// Why ssh failed, and what to do.
std::string ssh_problem(const std::string& host, const Call& call, int status, const std::string& self) {
    const auto has = [&](const char* text) { return call.complained.find(text) != std::string::npos; };
    if (status == 127 || status == 126)
        return fmt::format("hecaton is not at {} there: install it at the same path, or use a shared folder", self);
    const std::string line = last_line(call.complained);
    if (has("Host key verification failed"))
        return fmt::format("its key is not known here: run ssh {} once, and look at the key that it shows", host);
    if (has("Permission denied")) return fmt::format("it does not let us in without a password: ssh-copy-id {}", host);
    if (status < 0) return fmt::format("no answer over ssh for {} s", longest_wait.count());
    return line.empty() ? fmt::format("ssh ended with status {}", status) : line;
}

int finish(Call& call) {
    if (call.pid == 0) return 255;
    const bool late = static_cast<bool>(call.output);
    if (late) ::kill(call.pid, SIGKILL);
    int result = 0;
    ::waitpid(call.pid, &result, 0);
    return late || !WIFEXITED(result) ? -1 : WEXITSTATUS(result);
}

std::string judge(const HostFacts& facts, const HostNeeds& needs, const HostFacts& here) {
    const auto& program = needs.program;
    if (!facts.program.empty()) return fmt::format("{}; it has to be at the same path on every machine", facts.program);
    if (!facts.mpi.empty())
        return fmt::format("the loader does not find {} there: install the program's MPI", facts.mpi);
    if (!facts.unfit.empty()) return facts.unfit;
    if (!facts.daemon.empty()) return fmt::format("{}: install the same MPI there, at the same path", facts.daemon);
    if (facts.fingerprint != here.fingerprint && !program.starts_with("/usr/") && !program.starts_with("/bin/"))
        return fmt::format("{} is another build than the one here: copy it there", program);
    return {};
}

bool is_here(const std::string& name) {
    if (name == "localhost" || name == detail::host::name()) return true;
    return std::ranges::any_of(ways_to(name), [](const Way& way) { return way.address == way.target; });
}

}  // namespace

std::vector<std::string> ssh_with_timeout(std::vector<std::string> ssh) {
    if (std::filesystem::path(ssh.front()).filename() != "ssh") return ssh;
    ssh.insert(ssh.end(), {"-o", "BatchMode=yes", "-o", "ConnectTimeout=5"});
    return ssh;
}

std::vector<HostAnswer> ask_hosts(const std::vector<detail::launch::Host>& hosts, const std::vector<std::string>& ssh,
                                  const std::string& self, const HostNeeds& needs) {
    const HostFacts here = host_facts(needs);
    // On the far side a shell splits the words again.
    std::string question = fmt::format("{} {}", detail::launch::shell_quoted(self), host_word);
    for (const auto& need : {needs.program, needs.daemon, needs.folder, needs.libraries})
        question += " " + detail::launch::shell_quoted(need);
    std::vector<HostAnswer> answers;
    std::vector<Call> calls;
    for (const auto& host : hosts) {
        answers.push_back({.name = host.name, .here = is_here(host.name), .facts = here});
        calls.emplace_back();
        if (answers.back().here) continue;
        auto words = ssh_with_timeout(ssh);
        words.insert(words.end(), {host.name, question});
        calls.back() = start(words);
    }
    listen(calls);
    for (std::size_t i = 0; i < calls.size(); ++i) {
        auto& answer = answers[i];
        if (answer.here) {
            answer.problem = judge(here, needs, here);
            continue;
        }
        const int status = finish(calls[i]);
        answer.facts = decode_host_facts(calls[i].said);
        answer.problem = answer.facts.name.empty() ? ssh_problem(answer.name, calls[i], status, self)
                                                   : judge(answer.facts, needs, here);
        if (answer.facts.time > calls[i].answered && calls[i].answered > 0)
            answer.clock_ahead = answer.facts.time - calls[i].answered;
        else if (answer.facts.time > 0 && answer.facts.time < calls[i].began)
            answer.clock_ahead = answer.facts.time - calls[i].began;
    }
    return answers;
}

Network network_between(const std::vector<HostAnswer>& answers) {
    Network found{.dead_ends = dead_ends()};
    std::vector<std::string> candidates;
    for (const auto& answer : answers) {
        if (answer.here) continue;
        const auto ways = ways_to(answer.name);
        for (const auto& way : ways) candidates.push_back(way.network);
        found.ipv6 |= !ways.empty() && is_ipv6(ways.front().target);
        for (const auto& interface : answer.facts.dead_ends)
            if (std::ranges::count(found.dead_ends, interface) == 0) found.dead_ends.push_back(interface);
    }
    const auto own = own_networks();
    candidates.insert(candidates.end(), own.begin(), own.end());
    for (const auto& network : candidates)
        if (!network.empty() && is_ipv6(network) == found.ipv6 &&
            std::ranges::all_of(answers, [&](const HostAnswer& answer) {
                return answer.here || std::ranges::count(answer.facts.networks, network) > 0;
            })) {
            found.subnet = network;
            break;
        }
    return found;
}

std::vector<std::string> addresses_for(const std::vector<HostAnswer>& answers) {
    std::vector<std::string> found;
    const auto add = [&](const std::string& address) {
        if (std::ranges::count(found, address) == 0) found.push_back(address);
    };
    for (const auto& answer : answers)
        if (!answer.here)
            for (const auto& way : ways_to(answer.name)) add(way.address);
    for (const auto& address : own_addresses()) add(address);
    return found;
}

}  // namespace hecaton::launcher

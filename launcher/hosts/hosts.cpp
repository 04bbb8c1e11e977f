#include <launcher/hosts/hosts.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/subprocess.hpp>

#include <launcher/hosts/agent.hpp>

namespace hecaton::launcher {
namespace {

constexpr auto longest_wait = std::chrono::seconds(10);

long long now_in_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string last_line(std::string text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
    return text.substr(text.rfind('\n') + 1);
}

// Why ssh failed, and what to do.
std::string ssh_problem(const std::string& host, const std::vector<std::string>& ssh,
                        const detail::Subprocess::Result& call, const std::string& self) {
    if (call.problem != 0) return fmt::format("{}: {}", ssh.front(), std::strerror(call.problem));
    const std::string way = name_of_agent(ssh);
    const auto has = [&](const char* text) { return call.error.find(text) != std::string::npos; };
    if (call.status == 127 || call.status == 126)
        return fmt::format("hecaton is not at {} there: install it at the same path, or use a shared folder", self);
    const std::string line = last_line(call.error);
    if (has("Host key verification failed"))
        return fmt::format("its key is not known here: run ssh {} once, and look at the key that it shows", host);
    if (has("Permission denied")) return fmt::format("it does not let us in without a password: ssh-copy-id {}", host);
    if (call.late) return fmt::format("no answer over {} for {} s", way, longest_wait.count());
    return line.empty() ? fmt::format("{} ended with status {}", way, call.status) : line;
}

// How far the clock there, which said `there`, is ahead of ours. It was read between `begun` and the first answer.
long long clock_ahead(long long there, long long begun, const detail::Subprocess::Result& call) {
    if (there <= 0 || !call.heard) return 0;
    const long long answered = begun + std::chrono::floor<std::chrono::milliseconds>(*call.heard).count();
    return there > answered ? there - answered : std::min(0LL, there - begun);
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

bool is_here(const HostAnswer& answer) {
    if (answer.name == "localhost" || answer.name == detail::host::name()) return true;
    return std::ranges::any_of(answer.ways, [](const Way& way) { return way.address == way.target; });
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
    // On the host a shell splits the words again.
    std::string question = fmt::format("{} {}", detail::launch::shell_quoted(self), host_word);
    for (const auto& need : {needs.program, needs.daemon, needs.folder, needs.libraries})
        question += " " + detail::launch::shell_quoted(need);
    std::vector<HostAnswer> answers;
    std::vector<detail::Subprocess> calls;
    std::vector<long long> begun;
    for (const auto& host : hosts) {
        answers.push_back({.name = host.name, .ways = ways_to(host.name)});
        answers.back().here = is_here(answers.back());
        begun.push_back(now_in_ms());
        auto words = ssh_with_timeout(ssh);
        words.insert(words.end(), {host.name, question});
        if (answers.back().here)
            calls.emplace_back();
        else
            calls.emplace_back(detail::Subprocess::Options{.argv = words, .errors = detail::Subprocess::Errors::apart});
    }
    detail::Subprocess::wait(calls, longest_wait);
    for (std::size_t i = 0; i < calls.size(); ++i) {
        auto& answer = answers[i];
        const auto& call = calls[i].result();
        const auto said = answer.here ? here : decode_host_facts(call.output);
        answer.facts = said.value_or(HostFacts());
        answer.problem = said ? judge(*said, needs, here) : ssh_problem(answer.name, ssh, call, self);
        answer.clock_ahead = clock_ahead(answer.facts.time, begun[i], call);
    }
    return answers;
}

}  // namespace hecaton::launcher

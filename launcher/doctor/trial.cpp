#include <launcher/doctor/trial.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <exception>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/foundation/subprocess.hpp>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include <launcher/base/refusal.hpp>
#include <launcher/doctor/trial_rank.hpp>
#include <launcher/engines/mpirun_text.hpp>
#include <launcher/run.hpp>

namespace hecaton::launcher {
namespace {

constexpr int most_trials = 5;  // while mpirun loses the reason
constexpr std::size_t longest_gist = 300;
constexpr std::array what_follows{"ERROR_LOG", "PMIX ERROR", "OPAL ERROR", "*** An error occurred",
                                  "It looks like MPI_INIT failed"};
constexpr std::string_view our_mark = "hecaton: ";

RunOptions trial_run(const DoctorOptions& options, const std::string& program) {
    RunOptions run;
    run.hosts = options.hosts;
    for (auto& host : run.hosts) host.slots = options.hosts.size() > 1 ? 1 : 2;
    run.ranks = std::max(2, static_cast<int>(options.hosts.size()));
    run.ssh = options.ssh;
    run.timeout = trial_limit;
    run.grace = std::chrono::milliseconds(500);
    run.quiet = true;
    run.program = detail::host::executable();
    run.args = {trial_word};
    if (!program.empty()) run.args.push_back(program);
    return run;
}

std::string words(const RunOptions& run) {
    std::string list;
    for (const auto& host : run.hosts)
        list += fmt::format("{}{}:{}", list.empty() ? "--hosts " : ",", host.name, host.slots);
    return list.empty() ? fmt::format("-n {}", run.ranks) : list;
}

// A trial has a process of its own, because supervision takes over a process's signals, children and standard streams.
[[noreturn]] void become_the_trial(const RunOptions& options, const PlanFacts& facts, int out, pid_t parent) {
    int status = wrong_command_line;
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(128 + SIGTERM);  // killed before we could ask for the signal
    ::dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    try {
        status = run(options, facts).status;
    } catch (const std::exception& problem) {
        detail::log::line(problem.what());
    }
    ::_exit(status);
}

bool has_words(const std::string& line) {
    return std::any_of(line.begin(), line.end(), [](unsigned char letter) { return std::isalpha(letter); });
}

Trial try_once(const DoctorOptions& options, const PlanFacts& facts, const std::string& program) {
    const bool with_mpi = !program.empty() && (facts.linked.mpi == Mpi::open_mpi || facts.linked.mpi == Mpi::mpich);
    const RunOptions run = trial_run(options, with_mpi ? program : std::string());
    Trial trial{.ranks = run.ranks, .options = words(run)};
    if (with_mpi) trial.mpi = facts.linked;
    auto output = detail::make_pipe();
    if (!output.read) throw std::system_error(errno, std::generic_category(), "no pipe can be made");
    const pid_t parent = ::getpid();
    const auto begin = std::chrono::steady_clock::now();
    const pid_t child = ::fork();
    if (child < 0) throw std::system_error(errno, std::generic_category(), "no process can be started");
    if (child == 0) become_the_trial(run, facts, output.write.get(), parent);
    output.write.reset();
    detail::Subprocess started(child, std::move(output.read));
    detail::Subprocess::wait({&started, 1}, trial_limit + std::chrono::seconds(20));  // it keeps trial_limit itself
    trial.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
    trial.status = started.result().status;
    std::istringstream lines(started.result().output);
    for (std::string line; std::getline(lines, line);) hear(trial, line);
    return trial;
}

bool tells_a_cause(const std::string& paragraph) {
    return std::ranges::none_of(what_follows,
                                [&](const char* words) { return paragraph.find(words) != std::string::npos; });
}

}  // namespace

void hear(Trial& trial, const std::string& line) {
    if (!line.starts_with(trial_step::mark)) {
        trial.said += line + '\n';
        return;
    }
    std::istringstream words(line.substr(std::strlen(trial_step::mark)));
    std::string step;
    int world = 0;
    long long took = 0;
    words >> step;
    if (step == trial_step::ended) {
        ++trial.heard;
        std::string host;
        if (words >> host && std::ranges::find(trial.hosts, host) == trial.hosts.end())
            trial.hosts.insert(std::ranges::upper_bound(trial.hosts, host), host);
    }
    if (step == trial_step::begun) {
        ++trial.begun;
        std::getline(words >> std::ws, trial.library);
    }
    if (step == trial_step::broken) std::getline(words >> std::ws, trial.broken);
    if (step == trial_step::untried) std::getline(words >> std::ws, trial.untried);
    if (step == trial_step::initialised && words >> world >> took) {
        trial.world = trial.initialised++ > 0 ? std::min(trial.world, world) : world;
        trial.init = std::max(trial.init, std::chrono::microseconds(took));
    }
    if (step == trial_step::exchanged && words >> took) {
        ++trial.exchanged;
        trial.moved = std::max(trial.moved, std::chrono::microseconds(took));
    }
}

std::string stage(const Trial& trial) {
    if (trial.begun < trial.ranks) return {};
    if (trial.initialised < trial.ranks) return "MPI_Init";
    if (trial.exchanged < trial.ranks) return "an exchange of data";
    return trial.heard < trial.ranks ? "MPI_Finalize" : "";
}

Trial try_ranks(const DoctorOptions& options, const PlanFacts& facts, const std::string& program) {
    Trial trial = try_once(options, facts, program);
    for (int more = most_trials - 1; more > 0 && trial.said.find(cause_was_lost) != std::string::npos; --more)
        trial = try_once(options, facts, program);
    return trial;
}

// An engine names a fault in a paragraph, often between lines of dashes. Other paragraphs may tell of its consequences.
std::string gist(const Trial& trial) {
    std::string ours;
    std::vector<std::string> paragraphs(1);
    std::istringstream lines(trial.said);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(our_mark)) {
            if (ours.empty() && trial.status != timed_out) ours = line.substr(our_mark.size());
        } else if (has_words(line)) {
            paragraphs.back() += (paragraphs.back().empty() ? "" : " ") + line;
        } else if (!paragraphs.back().empty()) {
            paragraphs.emplace_back();
        }
    }
    if (paragraphs.back().empty()) paragraphs.pop_back();
    const auto telling = std::ranges::find_if(paragraphs, tells_a_cause);
    if (telling != paragraphs.end()) paragraphs.front() = *telling;
    std::string all = ours;
    if (!paragraphs.empty()) all += (ours.empty() ? "" : ": ") + paragraphs.front();
    if (all.size() > longest_gist) all = all.substr(0, longest_gist) + "...";
    return all;
}

}  // namespace hecaton::launcher

#include <launcher/shim/rank_process.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <hecaton/foundation/affinity.hpp>
#include <hecaton/foundation/host.hpp>
#include <tuple>
#include <utility>

#include <launcher/base/refusal.hpp>
#include <launcher/engines/limits.hpp>
#include <launcher/shim/rank_variables.hpp>
#include <launcher/shim/terminal.hpp>
#include <launcher/shim/variables.hpp>

namespace hecaton::launcher {
namespace {

Pair pipe_to_rank(bool we_read) {
    auto made = detail::make_pipe();
    if (!we_read) std::swap(made.read, made.write);
    return Pair{std::move(made.read), std::move(made.write)};
}

[[noreturn]] void become_rank(char** argv, int in, int out, int err, int report, pid_t shim, const sigset_t& mask) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != shim) ::_exit(128 + SIGKILL);
    ::dup2(in, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE, SIGCHLD}) ::signal(number, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &mask, nullptr);
    execute(argv);
    const int problem = errno;
    [[maybe_unused]] const auto written = ::write(report, &problem, sizeof problem);
    ::_exit(127);
}

int number_from(std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (const char* text = std::getenv(name)) return link::number(text);
    return -1;
}

}  // namespace

RankStart start_as(const link::Address& address, bool local, const sigset_t& mask) {
    return {.mask = mask, .open_files = local ? address.open_files : 0, .terminal = {address.rows, address.columns}};
}

RankProcess start_rank(char** argv, const RankStart& with) {
    Pair in = with.with_input ? pipe_to_rank(false)
                              : Pair{Descriptor(), Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC))};
    Pair out = with.terminal.first > 0 ? make_terminal(with.terminal.first, with.terminal.second) : Pair();
    const bool terminal = static_cast<bool>(out.ours);
    if (!terminal) out = pipe_to_rank(true);
    Pair err = pipe_to_rank(true);
    Pair report = pipe_to_rank(true);
    RankProcess made;
    if (!in.theirs || !out.theirs || !err.theirs || !report.theirs) {
        made.problem = errno;
        return made;
    }
    const pid_t shim = ::getpid();
    const pid_t child = ::fork();
    if (child == 0) {
        lower_open_files(with.open_files);
        if (with.timer_slack.count() > 0) ::prctl(PR_SET_TIMERSLACK, with.timer_slack.count());
        become_rank(argv, in.theirs.get(), out.theirs.get(), err.theirs.get(), report.theirs.get(), shim, with.mask);
    }
    made.problem = child < 0 ? errno : 0;
    if (child < 0) return made;
    ::setpgid(child, child);
    report.theirs.reset();
    if (::read(report.ours.get(), &made.problem, sizeof made.problem) > 0) {  // ends when the program has started
        ::waitpid(child, nullptr, 0);
        return made;
    }
    made.problem = 0;
    made.pid = child;
    for (const auto* ours : {&in.ours, &out.ours, &err.ours})
        if (*ours) ::fcntl(ours->get(), F_SETFL, ::fcntl(ours->get(), F_GETFL) | O_NONBLOCK);
    made.input = std::move(in.ours);
    made.output = std::move(out.ours);
    if (terminal) made.terminal = std::move(out.theirs);
    made.error = std::move(err.ours);
    return made;
}

void say_problem(link::Ended& ended, const char* program, int problem) {
    const bool not_there = problem == ENOENT && ::access(program, F_OK) != 0;
    ended.status = not_there ? not_found : not_executable;
    ended.reason = problem;
    ended.problem = fmt::format("{}: {}", program, std::strerror(problem));
}

void execute(char** argv) {
    set_carried_variables();
    if (std::strchr(argv[0], '/'))
        ::execv(argv[0], argv);
    else
        ::execvp(argv[0], argv);
}

std::size_t read_available(Descriptor& from, char* buffer, std::size_t size) {
    std::size_t filled = 0;
    while (filled < size) {  // a pseudo terminal gives 4 KB at a time
        const auto count = ::read(from.get(), buffer + filled, size - filled);
        if (count < 0 && errno == EINTR) continue;
        if (count == 0 || (count < 0 && errno != EAGAIN)) from.reset();
        if (count <= 0) break;
        filled += static_cast<std::size_t>(count);
    }
    return filled;
}

std::pair<int, int> rank_and_size() {
    return {number_from({"OMPI_COMM_WORLD_RANK", "PMI_RANK", "FLUX_TASK_RANK", "PMIX_RANK", "SLURM_PROCID"}),
            number_from({"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "FLUX_JOB_SIZE", "SLURM_NTASKS"})};
}

link::Hello introduce(const link::Address& address) {
    link::Hello hello;
    hello.token = address.token;
    std::tie(hello.rank, hello.size) = rank_and_size();
    hello.host = detail::host::name();
    hello.gpus = own_gpus(address);
    hello.cores = detail::affinity::text(detail::affinity::cpus());
    for (const char* name : {"PMIX_NAMESPACE", "PMI_RANK", "PMI_FD", "PMI_PORT"})
        hello.wired = hello.wired || std::getenv(name) != nullptr;
    return hello;
}

}  // namespace hecaton::launcher

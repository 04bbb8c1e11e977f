// clean_start [NAME=VALUE...] COMMAND...: runs a test in the same surroundings wherever the tests were started: in a
// terminal, in tmux, from nohup or cron, in a CI job, or inside a batch job.
//
// The command is the leader of a session without a terminal, it reads from /dev/null, has the usual signal
// dispositions, file mode and limits, no open file but its output, and no variable that hecaton, an MPI, a batch
// system, a terminal or a locale heeds, except those that are given. It is asked to end when ctest ends, because a
// Ctrl-C there does not reach another session.
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

// HECATON_SIMULATION_SEED replays a failure.
bool kept(std::string_view name) {
    constexpr std::string_view families[] = {"HECATON_", "OMPI_", "PRTE_", "PMIX_", "PMI_", "MPICH_", "HYDRA_",
                                             "SLURM_",   "PBS_",  "LSB_",  "FLUX_", "LC_",  "COBALT_"};
    constexpr std::string_view single[] = {"PE_HOSTFILE",     "JOB_ID",   "LANG",   "LANGUAGE", "TMPDIR",
                                           "OMP_NUM_THREADS", "NO_COLOR", "TERM",   "TMUX",     "STY",
                                           "BASH_ENV",        "ENV",      "CDPATH", "LINES",    "COLUMNS"};
    if (name == "HECATON_SIMULATION_SEED") return true;
    return std::ranges::none_of(families, [&](std::string_view family) { return name.starts_with(family); }) &&
           std::ranges::find(single, name) == std::end(single);
}

void clean_variables() {
    std::vector<std::string> gone;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string_view text(*variable);
        const auto name = text.substr(0, text.find('='));
        if (!kept(name)) gone.emplace_back(name);
    }
    for (const std::string& name : gone) ::unsetenv(name.c_str());
    ::setenv("LC_ALL", "C", 1);
    ::setenv("TERM", "dumb", 1);
    // On the hosts that ssh leads to, HOME is that of the user's entry, too.
    const passwd* user = ::getpwuid(::geteuid());
    ::setenv("HOME", user != nullptr ? user->pw_dir : "/", 1);
}

void limit(decltype(RLIMIT_CORE) resource, rlim_t usual) {
    rlimit now{};
    if (::getrlimit(resource, &now) != 0) return;
    now.rlim_cur = std::min(usual, now.rlim_max);
    ::setrlimit(resource, &now);
}

void clean_process() {
    for (int signo = 1; signo < NSIG; ++signo) ::signal(signo, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::umask(022);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, 1024);
    limit(RLIMIT_STACK, 8 << 20);
    const int input = ::open("/dev/null", O_RDONLY);
    ::dup2(input, STDIN_FILENO);
    ::close_range(STDERR_FILENO + 1, ~0U, 0);
}

// The leader of a process group can make no session: a child does, and we end as it does.
void begin_session() {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::setsid() >= 0) return;
    const pid_t child = ::fork();
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        ::setsid();
        return;
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) continue;
    std::exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

}  // namespace

int main(int argc, char** argv) {
    clean_variables();
    clean_process();
    begin_session();
    char** word = argv + 1;
    for (; *word != nullptr && std::strchr(*word, '=') != nullptr; ++word) ::putenv(*word);
    if (word == argv + argc) {
        std::fputs("usage: clean_start [NAME=VALUE...] COMMAND...\n", stderr);
        return 125;
    }
    ::execvp(*word, word);
    std::perror(*word);
    return 127;
}

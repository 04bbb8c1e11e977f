#include <launcher/engines/process.hpp>

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <hecaton/foundation/log.hpp>
#include <hecaton/foundation/subprocess.hpp>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <launcher/base/refusal.hpp>

namespace hecaton::launcher {
namespace {

[[noreturn]] void become(char** argv, char** environment, int out, int err, pid_t parent, const sigset_t& mask) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != parent) ::_exit(128 + SIGTERM);  // killed before we could ask for the signal
    ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    ::signal(SIGPIPE, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &mask, nullptr);
    ::execve(argv[0], argv, environment);
    const int problem = errno;
    detail::log::line(std::string(argv[0]) + " cannot be run: " + std::strerror(problem));
    ::_exit(problem == ENOENT ? not_found : not_executable);
}

}  // namespace

EngineProcess start_engine(const detail::launch::Command& command, const detail::launch::Variables& environment,
                           const sigset_t& mask) {
    std::vector<std::string> words = command.argv;
    std::vector<std::string> settings = detail::launch::environment_strings(command, environment);
    auto argv = detail::pointers(words);
    auto envp = detail::pointers(settings);
    auto out = detail::make_pipe();
    auto err = out.read ? detail::make_pipe() : detail::Pipe();
    const pid_t parent = ::getpid();
    const pid_t pid = err.read ? ::fork() : -1;
    if (pid < 0) throw std::system_error(errno, std::generic_category(), "no process can be started");
    if (pid == 0) become(argv.data(), envp.data(), out.write.get(), err.write.get(), parent, mask);
    EngineProcess made{.pid = pid, .output = std::move(out.read), .error = std::move(err.read)};
    ::setpgid(made.pid, made.pid);
    for (const auto* ours : {&made.output, &made.error}) ::fcntl(ours->get(), F_SETFL, O_NONBLOCK);
    return made;
}

void open_closed_streams() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (::fcntl(stream, F_GETFD) < 0 && errno == EBADF) [[maybe_unused]]
            const int opened = ::open("/dev/null", O_RDWR);
}

}  // namespace hecaton::launcher

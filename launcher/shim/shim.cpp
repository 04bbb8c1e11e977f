#include <launcher/shim/shim.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/launch/hwloc_plugins.hpp>
#include <utility>

#include <launcher/base/refusal.hpp>
#include <launcher/shim/keeper.hpp>
#include <launcher/shim/rank_process.hpp>
#include <launcher/shim/session.hpp>

namespace hecaton::launcher {
namespace {

// The process that the engine takes for the rank. It ends as the shim does, and with the engine.
int run_stub(pid_t shim, pid_t engine) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != engine) return 128 + SIGKILL;
    for (const int number : {SIGINT, SIGHUP, SIGUSR1, SIGUSR2}) ::signal(number, SIG_IGN);
    int result = 0;
    while (::waitpid(shim, &result, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(result) ? 128 + WTERMSIG(result) : WEXITSTATUS(result);
}

void leave_the_engine() {
    ::setpgid(0, 0);
    const int null = ::open("/dev/null", O_RDWR);
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(null, stream);
    if (null > STDERR_FILENO) ::close(null);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE}) ::signal(number, SIG_IGN);
}

}  // namespace

int run_shim(char** argv) {
    detail::launch::show_hwloc_plugins();
    const char* text = std::getenv(link::variable);
    const auto address = text ? link::decode_address(text) : std::nullopt;
    if (!address) {
        execute(argv);
        detail::log::line(fmt::format("{} cannot be run: {}", argv[0], std::strerror(errno)));
        return errno == ENOENT ? not_found : not_executable;
    }
    ::unsetenv(link::variable);
    auto stub = detail::make_pipe();
    if (!stub.read) return not_executable;
    const pid_t engine = ::getppid();
    Descriptor handle = engine_handle(engine);
    const pid_t shim = ::fork();
    if (shim > 0) {
        stub.read.reset();
        return run_stub(shim, engine);
    }
    if (shim < 0) return not_executable;
    stub.write.reset();
    Session session(std::move(handle), detail::launch::variables());
    bool local = false;
    Descriptor socket = connect_to(*address, local);
    if (!socket) {
        std::string addresses;
        for (const auto& one : address->addresses) addresses += one + " ";
        detail::log::line(
            fmt::format("{}: no connection to hecaton run at {}port {}; a firewall between the machines has to let "
                        "it pass",
                        detail::host::name(), addresses, address->port));
        return not_executable;
    }
    leave_the_engine();
    return keep_rank(argv, *address, std::move(socket), local, std::move(stub.read), session);
}

}  // namespace hecaton::launcher

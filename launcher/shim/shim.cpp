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
#include <optional>
#include <utility>

#include <launcher/base/refusal.hpp>
#include <launcher/base/signal_mask.hpp>
#include <launcher/shim/core_claims.hpp>
#include <launcher/shim/keeper.hpp>
#include <launcher/shim/rank_process.hpp>
#include <launcher/shim/rank_variables.hpp>
#include <launcher/shim/session.hpp>

namespace hecaton::launcher {
namespace {

// The process that the engine takes for the rank. It ends as the shim does, with the engine, and by SIGTERM and
// SIGKILL, by which engines end ranks. Other signals are no matter of the engine's: the launcher passes them on.
int run_stub(pid_t shim, pid_t engine) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != engine) return 128 + SIGKILL;
    unblock_signal(SIGTERM);
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
    // Batch systems send signals to all processes of a job. Blocked, they change nothing that the rank would inherit.
    const sigset_t mask = block_signals();
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
    const auto claims = address->claim_cores ? std::make_optional<CoreClaims>(engine) : std::nullopt;
    set_rank_variables(*address, engine);
    if (const auto problem = set_gpu_variables(*address); !problem.empty()) {
        detail::log::line(problem);
        return wrong_command_line;
    }
    leave_the_engine();
    return keep_rank(argv, *address, std::move(socket), local, std::move(stub.read), session, mask);
}

}  // namespace hecaton::launcher

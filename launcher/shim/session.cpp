#include <launcher/shim/session.hpp>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include <launcher/cleanup/leftovers.hpp>
#include <launcher/cleanup/segments.hpp>

namespace hecaton::launcher {
namespace {

namespace fs = std::filesystem;

constexpr int engine_patience = 5'000;  // milliseconds; an mpirun that was asked to end needs up to two seconds
constexpr int session_looks = 50;
constexpr std::chrono::milliseconds pause{20};

}  // namespace

Descriptor engine_handle(pid_t engine) {
    Descriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, engine, 0)));
    if (::getppid() != engine) handle.reset();  // another process may have its number by now
    return handle;
}

// Open MPI 4: ompi.<host>.<user>/pid.<mpirun>, and jf.<job> of its daemons; Open MPI 5: prterun.<host>.<pid>.<user>
std::string session_directory(const detail::launch::Variables& environment) {
    fs::path path = detail::launch::value(environment, "PMIX_SERVER_TMPDIR");
    for (; path.has_relative_path(); path = path.parent_path()) {
        const std::string name = path.filename();
        const std::string parent = path.parent_path().filename();
        if (name.starts_with("prterun.") || name.starts_with("prted.")) return path;
        if (parent.starts_with("ompi.") && (name.starts_with("pid.") || name.starts_with("jf."))) return path;
    }
    return {};
}

Session::Session(Descriptor engine, const detail::launch::Variables& environment)
    : engine_(std::move(engine)),
      directory_(session_directory(environment)),
      job_(detail::launch::value(environment, "PMIX_NAMESPACE")) {
    if (directory_.empty()) return;
    lock_.reset(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (lock_ && ::flock(lock_.get(), LOCK_SH | LOCK_NB) != 0) lock_.reset();
}

// Another engine's directory may have got the same name since.
bool Session::still_there() const {
    struct stat ours {};
    struct stat named {};
    return ::fstat(lock_.get(), &ours) == 0 && ::stat(directory_.c_str(), &named) == 0 && ours.st_ino == named.st_ino &&
           ours.st_dev == named.st_dev && ours.st_uid == ::getuid();
}

// flock() gives up the shared lock first, so of several shims that do this together one gets the lock. A process that
// still holds one will be here later, or was killed and is about to lose it.
bool Session::alone() const {
    for (int looks = 0; looks < session_looks; ++looks) {
        if (looks > 0) std::this_thread::sleep_for(pause);
        if (::flock(lock_.get(), LOCK_EX | LOCK_NB) == 0) return true;
    }
    return false;
}

void Session::leave() {
    if (!engine_ || !lock_) return;
    pollfd end{engine_.get(), POLLIN, 0};
    const bool ended = ::poll(&end, 1, engine_patience) == 1;
    if (!alone()) return;
    // An mpirun that is asked to end hangs now and then, and nobody else is left who would end it.
    if (!ended && (::syscall(SYS_pidfd_send_signal, engine_.get(), SIGKILL, nullptr, 0) != 0 ||
                   ::poll(&end, 1, engine_patience) != 1))
        return;
    remove_segments(job_, lets_go);  // an mpirun that has removed its directory may have left these, too
    if (still_there()) remove_session(directory_);
}

}  // namespace hecaton::launcher

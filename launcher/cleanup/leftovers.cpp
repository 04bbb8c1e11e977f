#include <launcher/cleanup/leftovers.hpp>

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <launcher/base/files.hpp>
#include <launcher/cleanup/orphans.hpp>
#include <launcher/cleanup/segments.hpp>

namespace hecaton::launcher {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto grace = 1s;    // between SIGTERM and SIGKILL, as mpirun itself gives its ranks
constexpr auto give_up = 5s;  // a process that waits in the kernel may not end at all

// A rank leads a process group of its own, with its helpers in it.
void tell(pid_t child, int signal) {
    if (::getpgid(child) == child)
        ::kill(-child, signal);
    else
        ::kill(child, signal);
}

void reap() {
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
}

// The job of the session's ranks, with Open MPI 4; empty where the session does not tell. Its contact file begins with
// the number of mpirun's own job, and the ranks' job has the next number.
std::string job_of(const fs::path& session) {
    std::ifstream contact(session / "contact.txt");
    unsigned number = 0;
    return contact >> number ? fmt::format("{}", number + 1) : std::string();
}

fs::path temporary_directory(const detail::launch::Variables& environment) {
    for (const char* name : {"OMPI_MCA_orte_tmpdir_base", "TMPDIR", "TEMP", "TMP"}) {
        const auto text = detail::launch::value(environment, name);
        if (!text.empty()) return text;
    }
    return "/tmp";
}

}  // namespace

void end_children() {
    std::vector<pid_t> asked;
    const auto begin = steady_clock::now();
    for (;;) {
        reap();
        const auto left = children();
        const auto waited = steady_clock::now() - begin;
        if (left.empty() || waited > give_up) return;
        for (const pid_t child : left) {
            if (waited > grace) {
                tell(child, SIGKILL);
            } else if (std::find(asked.begin(), asked.end(), child) == asked.end()) {
                asked.push_back(child);
                tell(child, SIGTERM);
                tell(child, SIGCONT);
            }
        }
        std::this_thread::sleep_for(10ms);
    }
}

void remove_session(const std::string& directory) {
    const fs::path session(directory);
    std::error_code ignored;
    fs::remove_all(session, ignored);
    const std::string family = session.parent_path().filename();                  // Open MPI 4: ompi.<host>.<user>
    if (family.starts_with("ompi.")) fs::remove(session.parent_path(), ignored);  // fails while others are in it
}

void remove_session(pid_t mpirun, const detail::launch::Variables& environment) {
    const std::string ours = fmt::format(".{}", ::getuid());
    for (const auto& path : entries_of(temporary_directory(environment))) {
        const std::string file = path.filename();
        const std::string ending = fmt::format(".{}{}", mpirun, ours);
        if (file.starts_with("prterun.") && file.ends_with(ending)) {  // Open MPI 5: prterun.<host>.<mpirun>.<user>
            const auto host =
                file.substr(std::strlen("prterun."), file.size() - std::strlen("prterun.") - ending.size());
            remove_segments(fmt::format("prterun-{}-{}@1", host, mpirun), lets_go);
            remove_session(path);
        }
        // ompi.<host>.<user>/pid.<mpirun>
        if (!file.starts_with("ompi.") || !file.ends_with(ours)) continue;
        const fs::path session = path / fmt::format("pid.{}", mpirun);
        if (!exists(session.string())) {  // mpirun may have been killed right after it had removed it
            std::error_code not_empty;
            fs::remove(path, not_empty);
            continue;
        }
        remove_segments(job_of(session), lets_go);
        remove_session(session);
    }
}

}  // namespace hecaton::launcher

#include <launcher/cleanup/orphans.hpp>

#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <fstream>

namespace hecaton::launcher {

void adopt_orphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

std::vector<pid_t> children() {
    std::vector<pid_t> found;
    std::ifstream list(fmt::format("/proc/self/task/{}/children", ::getpid()));
    for (pid_t child = 0; list >> child;) found.push_back(child);
    return found;
}

void signal_children(int signal) {
    for (const pid_t child : children()) ::kill(child, signal);
}

std::string names_of_children() {
    constexpr std::size_t enough = 100;  // characters
    std::string names;
    for (const pid_t child : children()) {
        if (names.size() > enough) return names + ", ...";
        std::string name;
        std::ifstream file(fmt::format("/proc/{}/comm", child));
        if (std::getline(file, name)) names += (names.empty() ? "" : ", ") + name;
    }
    return names;
}

}  // namespace hecaton::launcher

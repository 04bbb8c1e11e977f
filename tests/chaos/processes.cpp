#include "processes.hpp"

#include <dirent.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace chaos {
namespace {

struct Seen {
    pid_t parent = 0;
    char state = 0;
    std::uint64_t started = 0;
};

bool look(pid_t pid, Seen& seen) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    if (!std::getline(file, text) || text.rfind(')') == std::string::npos) return false;
    std::istringstream fields(text.substr(text.rfind(')') + 1));
    fields >> seen.state >> seen.parent;
    std::string skipped;
    for (int i = 0; i < 17; ++i) fields >> skipped;
    return static_cast<bool>(fields >> seen.started);
}

std::multimap<pid_t, std::pair<pid_t, Seen>> everything_by_parent() {
    std::multimap<pid_t, std::pair<pid_t, Seen>> found;
    DIR* all = ::opendir("/proc");
    while (const dirent* entry = ::readdir(all)) {
        if (std::isdigit(static_cast<unsigned char>(entry->d_name[0])) == 0) continue;
        const pid_t pid = std::atoi(entry->d_name);
        Seen seen;
        if (look(pid, seen) && seen.state != 'Z' && seen.state != 'X') found.emplace(seen.parent, std::pair(pid, seen));
    }
    ::closedir(all);
    return found;
}

std::string file_of(pid_t pid) {
    std::error_code ignored;
    return std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/exe", ignored);
}

bool is_rank_0(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/environ");
    for (std::string setting; std::getline(file, setting, '\0');)
        if (setting == "OMPI_COMM_WORLD_RANK=0" || setting == "PMI_RANK=0") return true;
    return false;
}

Role role_of(const Family& family, const Process& process, const std::map<pid_t, Role>& roles) {
    const auto found = roles.find(process.parent);
    const Role parent = found == roles.end() ? Role::other : found->second;
    const std::string file = file_of(process.pid);
    if (file == family.program) {
        // A program that has launched itself as one rank is the process at the top.
        if (parent == Role::root || parent == Role::worker || parent == Role::launcher) return Role::zygote;
        if (parent == Role::zygote) return Role::sandbox;
        return is_rank_0(process.pid) ? Role::root : Role::worker;
    }
    if (file == family.launcher) {
        if (process.parent == family.top && !family.hosts.empty()) return Role::launcher;
        return parent == Role::engine ? Role::stub : Role::shim;
    }
    const std::string name = std::filesystem::path(file).filename();
    if (name == "orted" || name == "prted") return Role::engine;
    return parent == Role::launcher && name != "ssh" ? Role::engine : Role::other;
}

}  // namespace

const char* name_of(Role role) {
    constexpr const char* names[] = {"launcher", "engine", "stub",    "shim", "root",
                                     "worker",   "zygote", "sandbox", "other"};
    return names[static_cast<int>(role)];
}

std::vector<Process> processes_of(const Family& family) {
    const auto all = everything_by_parent();
    std::vector<Process> found;
    std::map<pid_t, Role> roles;
    const auto add_children = [&](pid_t parent) {
        const auto [begin, end] = all.equal_range(parent);
        for (auto at = begin; at != end; ++at) {
            const auto& [pid, seen] = at->second;
            Process process{pid, seen.parent, seen.started, Role::launcher};
            if (pid == family.top && !family.hosts.empty())
                process.role = Role::other;
            else if (pid != family.top)
                process.role = role_of(family, process, roles);
            roles[pid] = process.role;
            found.push_back(process);
        }
    };
    add_children(::getpid());
    for (const pid_t host : family.hosts) add_children(host);
    for (std::size_t i = 0; i < found.size(); ++i) add_children(found[i].pid);
    std::erase_if(found, [&](const Process& one) {
        return std::find(family.furniture.begin(), family.furniture.end(), one) != family.furniture.end();
    });
    return found;
}

bool send(const Process& to, int signal) {
    const int handle = static_cast<int>(::syscall(SYS_pidfd_open, to.pid, 0));
    if (handle < 0) return false;
    Seen now;
    const bool same = look(to.pid, now) && now.started == to.started && now.state != 'Z';
    const bool sent = same && ::syscall(SYS_pidfd_send_signal, handle, signal, nullptr, 0) == 0;
    ::close(handle);
    return sent;
}

bool reap(pid_t launcher, int& status) {
    bool ended = false;
    int result = 0;
    for (pid_t child = 0; (child = ::waitpid(-1, &result, WNOHANG)) > 0;) {
        if (child != launcher) continue;
        ended = true;
        status = result;
    }
    return ended;
}

}  // namespace chaos

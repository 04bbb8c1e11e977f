#include <fmt/format.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <functional>
#include <hecaton/foundation/host.hpp>

namespace hecaton::detail::host {
namespace {

// The cgroup's quota in cores (version 2, then version 1), or `otherwise` where there is none.
int quota(int otherwise) {
    double allowed = 0;
    double period = 0;
    std::ifstream v2("/sys/fs/cgroup/cpu.max");
    if (!(v2 >> allowed >> period)) {  // also when it says "max"
        std::ifstream("/sys/fs/cgroup/cpu/cpu.cfs_quota_us") >> allowed;
        std::ifstream("/sys/fs/cgroup/cpu/cpu.cfs_period_us") >> period;
    }
    if (allowed <= 0 || period <= 0) return otherwise;
    return std::max(1, static_cast<int>(std::ceil(allowed / period)));
}

}  // namespace

const std::string& name() {
    static const std::string text = [] {
        std::array<char, 256> buffer{};
        return ::gethostname(buffer.data(), buffer.size() - 1) == 0 ? std::string(buffer.data()) : std::string("?");
    }();
    return text;
}

int cores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    // A machine with more than 1,024 processors does not fit into the set; the number online is then the best that is
    // known.
    const int usable = ::sched_getaffinity(0, sizeof set, &set) == 0
                           ? CPU_COUNT(&set)
                           : static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
    return std::max(1, std::min(usable, quota(usable)));
}

bool traced() {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        int pid = 0;
        if (word == "TracerPid:") return (status >> pid) && pid != 0;
    }
    return false;
}

std::string executable() {
    std::array<char, 4096> buffer{};
    const auto length = ::readlink("/proc/self/exe", buffer.data(), buffer.size());
    if (length <= 0) return {};
    std::string path(buffer.data(), static_cast<std::size_t>(length));
    return ::access(path.c_str(), X_OK) == 0 ? path : std::string();
}

std::uint64_t process_space() {
    static const std::uint64_t number = [] {
        std::string boot;
        std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
        struct stat processes {};
        ::stat("/proc/self/ns/pid", &processes);
        return std::hash<std::string>{}(
            fmt::format("{} {} {} {}", name(), boot, processes.st_ino, static_cast<unsigned>(::geteuid())));
    }();
    return number;
}

}  // namespace hecaton::detail::host

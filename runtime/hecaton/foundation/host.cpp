#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <functional>
#include <hecaton/foundation/affinity.hpp>
#include <hecaton/foundation/cgroup.hpp>
#include <hecaton/foundation/host.hpp>

namespace hecaton::detail::host {
const std::string& name() {
    static const std::string text = [] {
        std::array<char, 256> buffer{};
        return ::gethostname(buffer.data(), buffer.size() - 1) == 0 ? std::string(buffer.data()) : std::string("?");
    }();
    return text;
}

int cores() {
    const auto allowed = static_cast<int>(affinity::cpus().size());
    const int usable = allowed > 0 ? allowed : static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
    const double quota = cgroup::cpu_quota().value_or(usable);
    return std::max(1, static_cast<int>(std::ceil(std::min<double>(usable, quota))));
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

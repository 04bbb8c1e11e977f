#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <hecaton/foundation/cgroup.hpp>
#include <initializer_list>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace hecaton::detail::cgroup {
namespace {

namespace fs = std::filesystem;

// Where a hierarchy of groups is mounted. `top` is the group that is seen there: "/", or that of a container.
struct Mount {
    fs::path top;
    fs::path at;
};

bool has_word(const std::string& list, std::string_view word) {
    std::istringstream words(list);
    for (std::string next; std::getline(words, next, ',');)
        if (next == word) return true;
    return false;
}

// "\040" is a space.
std::string unescaped(const std::string& text) {
    std::string made;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool escape = text[at] == '\\' && at + 3 < text.size();
        made += escape ? static_cast<char>(std::strtol(text.substr(at + 1, 3).c_str(), nullptr, 8)) : text[at];
        if (escape) at += 3;
    }
    return made;
}

// The mounts of the version 1 hierarchy with `controller`, or of version 2 where that is empty. A line is
// "32 31 0:29 /top /mount/point rw,relatime shared:5 - cgroup source rw,cpu,cpuacct".
std::vector<Mount> mounts(const std::string& controller, const fs::path& root) {
    std::vector<Mount> found;
    std::ifstream lines(root / "proc/self/mountinfo");
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string skipped;
        std::string top;
        std::string at;
        std::string type;
        std::string options;
        words >> skipped >> skipped >> skipped >> top >> at;
        while (words >> skipped && skipped != "-") {
        }
        words >> type >> skipped >> options;
        if (controller.empty() ? type == "cgroup2" : type == "cgroup" && has_word(options, controller))
            found.push_back({unescaped(top), root / fs::path(unescaped(at)).relative_path()});
    }
    return found;
}

// This process's group in that hierarchy. A line is "4:cpu,cpuacct:/path", or "0::/path" in version 2.
std::optional<fs::path> own_group(const std::string& controller, const fs::path& root) {
    std::ifstream lines(root / "proc/self/cgroup");
    for (std::string line; std::getline(lines, line);) {
        const auto controllers = line.find(':') + 1;
        const auto path = line.find(':', controllers) + 1;
        if (controllers == 0 || path == 0) continue;
        const std::string list = line.substr(controllers, path - controllers - 1);
        if (controller.empty() ? list.empty() : has_word(list, controller)) return line.substr(path);
    }
    return std::nullopt;
}

// `group` as it is seen from `top`; nothing where it is not. Of a group outside of a namespace only ".." is known.
std::optional<fs::path> seen_from(const fs::path& top, const fs::path& group) {
    const fs::path relative = group.lexically_relative(top);
    if (relative.empty() || std::count(relative.begin(), relative.end(), fs::path("..")) > 0) return std::nullopt;
    return relative == "." ? fs::path() : relative;
}

// The folders of this process's group and of those around it, the innermost first. A controller is in one hierarchy
// only, and that of version 2 has those that no hierarchy of version 1 has.
std::vector<fs::path> groups(std::string controller, const fs::path& root) {
    auto group = own_group(controller, root);
    if (!group) group = own_group(controller = "", root);
    if (!group) return {};
    std::optional<fs::path> inside;
    std::optional<fs::path> mounted;
    for (const Mount& mount : mounts(controller, root)) {
        const auto seen = seen_from(mount.top, *group);
        if (!mounted || (seen && (!inside || seen->native().size() > inside->native().size()))) mounted = mount.at;
        if (mounted == mount.at && seen) inside = seen;
    }
    if (!mounted) return {};
    std::vector<fs::path> found;
    for (fs::path each = inside.value_or(""); !each.empty(); each = each.parent_path())
        found.push_back(*mounted / each);
    found.push_back(*mounted);  // alone, where the process's own group is not mounted
    return found;
}

// The number in the first of those files that has one; nothing where that is "max".
std::optional<double> number_in(const fs::path& group, std::initializer_list<const char*> files) {
    for (const char* file : files)
        if (double number = 0; std::ifstream(group / file) >> number) return number;
    return std::nullopt;
}

using Read = std::function<std::optional<double>(const fs::path& group)>;

std::optional<double> tightest(const char* controller, const fs::path& root, const Read& read) {
    std::optional<double> least;
    for (const auto& group : groups(controller, root))
        if (const auto limit = read(group); limit && (!least || *limit < *least)) least = limit;
    return least;
}

std::optional<long long> whole(std::optional<double> limit) {
    constexpr double unlimited = 0x1p60;  // version 1 says so with a number as large as can be
    if (!limit || *limit >= unlimited) return std::nullopt;
    return static_cast<long long>(*limit);
}

// The number after "oom_kill" in a file of "key number" lines.
std::optional<long long> kills_in(const fs::path& file) {
    std::ifstream lines(file);
    std::string key;
    for (long long number = 0; lines >> key >> number;)
        if (key == "oom_kill") return number;
    return std::nullopt;
}

}  // namespace

std::optional<double> cpu_quota(const fs::path& root) {
    return tightest("cpu", root, [](const fs::path& group) -> std::optional<double> {
        double allowed = 0;  // microseconds in each period; -1 or "max" for no limit
        double period = 0;
        if (!(std::ifstream(group / "cpu.max") >> allowed >> period)) {
            allowed = number_in(group, {"cpu.cfs_quota_us"}).value_or(0);
            period = number_in(group, {"cpu.cfs_period_us"}).value_or(0);
        }
        if (allowed <= 0 || period <= 0) return std::nullopt;
        return allowed / period;
    });
}

std::optional<long long> memory_limit(const fs::path& root) {
    return whole(tightest("memory", root, [](const fs::path& group) {
        return number_in(group, {"memory.max", "memory.limit_in_bytes"});
    }));
}

std::optional<long long> process_limit(const fs::path& root) {
    return whole(tightest("pids", root, [](const fs::path& group) { return number_in(group, {"pids.max"}); }));
}

long long out_of_memory_kills(const fs::path& root) {
    for (const auto& group : groups("memory", root))
        for (const char* file : {"memory.events", "memory.oom_control"})
            if (const auto kills = kills_in(group / file)) return *kills;
    return kills_in(root / "proc/vmstat").value_or(-1);
}

}  // namespace hecaton::detail::cgroup

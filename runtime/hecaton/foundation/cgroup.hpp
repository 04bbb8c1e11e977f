// cgroup: what the kernel's control groups, versions 1 and 2, let this process have.
//
// A limit may be set on the process's own group or on any group around it: a Slurm step, a systemd slice, a container.
// So each function looks at all of them, as far as they are mounted, and returns the tightest limit. `root` stands in
// front of /proc and of the mount points; only tests give one.
#pragma once

#include <filesystem>
#include <optional>

namespace hecaton::detail::cgroup {

/// How many cores' worth of time; nothing where there is no limit.
std::optional<double> cpu_quota(const std::filesystem::path& root = "/");

/// Bytes; nothing where there is no limit.
std::optional<long long> memory_limit(const std::filesystem::path& root = "/");

/// Processes and threads; nothing where there is no limit.
std::optional<long long> process_limit(const std::filesystem::path& root = "/");

/// How often the out-of-memory killer struck in the innermost group that counts it; on the whole machine where none
/// does. -1 where the machine does not count either.
long long out_of_memory_kills(const std::filesystem::path& root = "/");

}  // namespace hecaton::detail::cgroup

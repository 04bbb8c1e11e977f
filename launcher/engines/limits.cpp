#include <launcher/engines/limits.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <hecaton/foundation/cgroup.hpp>
#include <string>

namespace hecaton::launcher {
namespace {

// The number in a file; 0 where there is none ("max").
long number_in(const std::string& file) {
    long number = 0;
    std::ifstream stream(file);
    return stream >> number ? number : 0;
}

void add(long& least, long limit) {
    if (limit > 0) least = least == 0 ? limit : std::min(least, limit);
}

}  // namespace

Limits limits() {
    Limits found;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max != RLIM_INFINITY)
        found.files = static_cast<long>(limit.rlim_max);
    if (::geteuid() != 0 && ::getrlimit(RLIMIT_NPROC, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        add(found.processes, static_cast<long>(limit.rlim_cur));
    add(found.processes, number_in("/proc/sys/kernel/pid_max"));
    add(found.processes, static_cast<long>(detail::cgroup::process_limit().value_or(0)));
    return found;
}

// Tried with mpirun 4.1.4 and mpiexec.hydra 4.0.2: 4.2 for each rank while it starts, and 27.
long files_for(int ranks) { return 5L * ranks + 30; }

long processes_for(int ranks) { return 3L * ranks + 2; }

long raise_open_files(long wanted) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    const rlimit before = limit;
    limit.rlim_cur = std::min(limit.rlim_max, static_cast<rlim_t>(wanted));
    if (limit.rlim_cur <= before.rlim_cur || ::setrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
    return static_cast<long>(before.rlim_cur);
}

void lower_open_files(long before) {
    rlimit limit{};
    if (before <= 0 || ::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = std::min(limit.rlim_max, static_cast<rlim_t>(before));
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace hecaton::launcher

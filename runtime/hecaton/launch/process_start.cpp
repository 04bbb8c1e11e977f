#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <hecaton/launch/process_start.hpp>
#include <system_error>

namespace hecaton::detail::launch {
namespace {

constexpr std::array timers{ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF};

std::vector<int> open_descriptors() {
    std::vector<int> found;
    DIR* const list = ::opendir("/proc/self/fd");
    if (list == nullptr) return found;
    while (const dirent* entry = ::readdir(list)) {
        int number = 0;
        const std::string_view name = entry->d_name;
        const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), number);
        if (problem == std::errc() && number != ::dirfd(list)) found.push_back(number);
    }
    ::closedir(list);
    std::ranges::sort(found);
    return found;
}

// Without changing it, as umask() would for a moment.
mode_t mask_for_new_files() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("Umask:")) return static_cast<mode_t>(std::strtoul(line.c_str() + 6, nullptr, 8));
    const mode_t mask = ::umask(022);
    ::umask(mask);
    return mask;
}

std::string current_folder() {
    char* const path = ::get_current_dir_name();
    std::string found = path != nullptr ? path : "";
    std::free(path);
    return found;
}

// Also what it has sent already and nobody has taken.
void disarm(__itimer_which timer) {
    const itimerval never{};
    ::setitimer(timer, &never, nullptr);
    ::signal(timer == ITIMER_REAL ? SIGALRM : timer == ITIMER_VIRTUAL ? SIGVTALRM : SIGPROF, SIG_IGN);
}

// A hard limit that was lowered stays so, for users other than root.
void set_limit(__rlimit_resource resource, rlimit wanted) {
    if (::setrlimit(resource, &wanted) == 0) return;
    rlimit now{};
    ::getrlimit(resource, &now);
    now.rlim_cur = std::min(wanted.rlim_cur, now.rlim_max);
    ::setrlimit(resource, &now);
}

[[gnu::constructor]] void record_start() {
    try {
        process_start();
    } catch (...) {  // it is recorded when it is first asked for
    }
}

}  // namespace

ProcessStart::ProcessStart()
    : mask_(mask_for_new_files()), descriptors_(open_descriptors()), folder_(current_folder()) {
    for (std::size_t i = 0; i < timers.size(); ++i) ::getitimer(timers[i], &timers_[i]);
    ::pthread_sigmask(SIG_SETMASK, nullptr, &blocked_);
    for (int signal = 1; signal < signals; ++signal) {
        struct sigaction action {};
        ignored_[static_cast<std::size_t>(signal)] =
            ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
    }
    for (std::size_t limit = 0; limit < limits_.size(); ++limit)
        ::getrlimit(static_cast<__rlimit_resource>(limit), &limits_[limit]);
    cpus_known_ = ::sched_getaffinity(0, sizeof cpus_, &cpus_) == 0;
}

void ProcessStart::restore() const noexcept {
    // A timer of whoever started this process, as a limit for it, goes on.
    for (std::size_t i = 0; i < timers.size(); ++i)
        if (timers_[i].it_value.tv_sec == 0 && timers_[i].it_value.tv_usec == 0) disarm(timers[i]);
    for (int signal = 1; signal < signals; ++signal) {
        struct sigaction action {};
        action.sa_handler = ignored_[static_cast<std::size_t>(signal)] ? SIG_IGN : SIG_DFL;
        ::sigaction(signal, &action, nullptr);  // refused for some, which no program can change
    }
    for (std::size_t limit = 0; limit < limits_.size(); ++limit)
        set_limit(static_cast<__rlimit_resource>(limit), limits_[limit]);
    ::umask(mask_);
    if (cpus_known_) ::sched_setaffinity(0, sizeof cpus_, &cpus_);
    [[maybe_unused]] const bool there = folder_.empty() || ::chdir(folder_.c_str()) == 0;
    try {
        for (const int descriptor : open_descriptors())
            if (descriptor > STDERR_FILENO && !std::ranges::binary_search(descriptors_, descriptor))
                ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    } catch (...) {  // no memory for their list
    }
    ::pthread_sigmask(SIG_SETMASK, &blocked_, nullptr);  // last: one that waits comes now, and finds its old action
}

const ProcessStart& process_start() {
    static const ProcessStart start;
    return start;
}

}  // namespace hecaton::detail::launch

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <hecaton/launch/threads_at_rest.hpp>
#include <string_view>
#include <thread>

namespace hecaton::detail::launch {
namespace {

// "4711 (name) S 1 ...": the name may have any character. See proc(5). A thread that has ended has no folder any more.
bool ready_to_run(int threads, const char* thread) {
    const int folder = ::openat(threads, thread, O_PATH | O_DIRECTORY | O_CLOEXEC);
    const int file = folder < 0 ? -1 : ::openat(folder, "stat", O_RDONLY | O_CLOEXEC);
    char text[128];
    const auto size = file < 0 ? -1 : ::read(file, text, sizeof text);
    if (file >= 0) ::close(file);
    if (folder >= 0) ::close(folder);
    const std::string_view stat(text, size > 0 ? static_cast<std::size_t>(size) : 0);
    const auto after_name = stat.rfind(") ");
    return after_name != std::string_view::npos && stat.substr(after_name + 2).starts_with('R');
}

bool others_rest() {
    DIR* const list = ::opendir("/proc/self/task");
    if (list == nullptr) return true;
    bool rest = true;
    while (const dirent* entry = ::readdir(list)) {
        const int thread = std::atoi(entry->d_name);
        if (thread > 0 && thread != ::gettid() && ready_to_run(::dirfd(list), entry->d_name)) rest = false;
    }
    ::closedir(list);
    return rest;
}

}  // namespace

bool wait_for_threads_at_rest(std::chrono::milliseconds longest) noexcept {
    const auto end = std::chrono::steady_clock::now() + longest;
    // The first look may have passed a thread that another one has woken since.
    for (int looks = 0; looks < 2;) {
        if (others_rest()) {
            ++looks;
            continue;
        }
        if (std::chrono::steady_clock::now() >= end) return false;
        looks = 0;
        std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    return true;
}

}  // namespace hecaton::detail::launch

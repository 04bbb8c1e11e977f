#include <launcher/watch/prompt_finalize.hpp>

#include <dirent.h>
#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <hecaton/launch/pmix.hpp>
#include <string>
#include <string_view>

#include <launcher/link/sockets.hpp>

namespace hecaton::launcher {
namespace {

using namespace std::chrono_literals;

constexpr auto between_looks = 15ms;  // a rank that does nothing else is in MPI_Init for not much longer
constexpr int even_looks = 20;        // the later ones take twice as long each
constexpr int finalize_looks = 26;

bool is_socket(const std::string& link) {
    std::array<char, 16> target{};
    return ::readlink(link.c_str(), target.data(), target.size() - 1) > 0 &&
           std::string_view(target.data()).starts_with("socket:");
}

Descriptor copy_of(int process, int descriptor) {
    return Descriptor(static_cast<int>(::syscall(SYS_pidfd_getfd, process, descriptor, 0)));
}

}  // namespace

PromptFinalize::PromptFinalize() : port_(detail::launch::pmix_server_port()) {
    if (port_ != 0) next_ = clock::now() + between_looks;
}

void PromptFinalize::look(pid_t rank) {
    next_.reset();
    if (++looks_ < finalize_looks) next_ = clock::now() + between_looks * (1 << std::max(0, looks_ - even_looks));
    const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, rank, 0)));
    const std::string folder = fmt::format("/proc/{}/fd", rank);
    DIR* list = process ? ::opendir(folder.c_str()) : nullptr;
    if (!list) return next_.reset();
    while (const dirent* entry = ::readdir(list)) {
        if (!is_socket(folder + "/" + entry->d_name)) continue;
        const Descriptor socket = copy_of(process.get(), std::atoi(entry->d_name));
        if (socket && detail::launch::send_at_once(socket.get(), port_)) next_.reset();
    }
    ::closedir(list);
}

}  // namespace hecaton::launcher

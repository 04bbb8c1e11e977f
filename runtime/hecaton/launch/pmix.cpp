#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <hecaton/launch/pmix.hpp>
#include <string_view>

namespace hecaton::detail::launch {

int pmix_port(const char* text) {
    const std::string_view address = text != nullptr ? text : "";
    const auto colon = address.rfind(':');
    if (address.find(";tcp4://") == std::string_view::npos || colon == std::string_view::npos) return 0;
    std::uint16_t port = 0;
    std::from_chars(address.data() + colon + 1, address.data() + address.size(), port);
    return port;
}

int pmix_server_port() {
    for (const char* name : {"PMIX_SERVER_URI41", "PMIX_SERVER_URI4", "PMIX_SERVER_URI3", "PMIX_SERVER_URI2"})
        if (const int port = pmix_port(std::getenv(name)); port > 0) return port;
    return 0;
}

bool send_at_once(int socket, int port) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) != 0 || peer.sin_family != AF_INET ||
        ntohs(peer.sin_port) != port)
        return false;
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return true;
}

void make_finalize_prompt(int port) {
    if (port == 0) return;
    DIR* list = ::opendir("/proc/self/fd");
    if (list == nullptr) return;
    while (const dirent* entry = ::readdir(list)) send_at_once(std::atoi(entry->d_name), port);
    ::closedir(list);
}

}  // namespace hecaton::detail::launch

#include <launcher/link/sockets.hpp>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <system_error>

namespace hecaton::launcher {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

sockaddr_un local_address(const std::string& name, socklen_t& length) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;  // sun_path[0] stays 0: a name without a file
    const auto size = std::min(name.size(), sizeof address.sun_path - 1);
    std::memcpy(address.sun_path + 1, name.data(), size);
    length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + size);
    return address;
}

Descriptor connect_locally(const std::string& name) {
    Descriptor made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    socklen_t length = 0;
    const auto address = local_address(name, length);
    if (::connect(made.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0) made.reset();
    return made;
}

// An address with a port, as connect() takes it; of length 0 where `host` is none.
struct Destination {
    sockaddr_storage address{};
    socklen_t size = 0;
};

Destination destination(const std::string& host, int port) {
    const auto number = htons(static_cast<std::uint16_t>(port));
    Destination made;
    sockaddr_in four{.sin_family = AF_INET, .sin_port = number, .sin_addr = {}, .sin_zero = {}};
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = number;
    if (::inet_pton(AF_INET, host.c_str(), &four.sin_addr) == 1)
        std::memcpy(&made.address, &four, made.size = sizeof four);
    else if (::inet_pton(AF_INET6, host.c_str(), &six.sin6_addr) == 1)
        std::memcpy(&made.address, &six, made.size = sizeof six);
    return made;
}

// Waits for the connection for two seconds at most.
Descriptor connect_far(const std::string& host, int port) {
    const auto to = destination(host, port);
    Descriptor made(::socket(to.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (::connect(made.get(), reinterpret_cast<const sockaddr*>(&to.address), to.size) == 0) return made;
    pollfd waiting{made.get(), POLLOUT, 0};
    int problem = errno == EINPROGRESS ? 0 : errno;
    socklen_t size = sizeof problem;
    if (problem == 0 && ::poll(&waiting, 1, 2'000) == 1 &&
        ::getsockopt(made.get(), SOL_SOCKET, SO_ERROR, &problem, &size) == 0 && problem == 0)
        return made;
    return Descriptor();
}

}  // namespace

std::string random_token() {
    std::array<unsigned char, 16> bytes{};
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) fail("no random numbers");
    std::string token;
    for (const unsigned byte : bytes) token += fmt::format("{:02x}", byte);
    return token;
}

Descriptor listen_locally(const std::string& name) {
    Descriptor made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    socklen_t length = 0;
    const auto address = local_address(name, length);
    if (::bind(made.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0 ||
        ::listen(made.get(), 1'024) != 0)
        fail("no socket for the ranks");
    return made;
}

// A socket for IPv6 takes connections over IPv4 too; a kernel without IPv6 has no such socket.
Descriptor listen_for_others(int& port) {
    constexpr int type = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
    sockaddr_storage address{};
    address.ss_family = AF_INET6;
    Descriptor made(::socket(AF_INET6, type, 0));
    constexpr int off = 0;
    if (!made || ::setsockopt(made.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0) {
        address.ss_family = AF_INET;
        made.reset(::socket(AF_INET, type, 0));
    }
    socklen_t size = address.ss_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(made.get(), any, size) != 0 || ::listen(made.get(), 1'024) != 0 ||
        ::getsockname(made.get(), any, &size) != 0)
        fail("no socket for the ranks on other machines");
    port = ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&address)->sin6_port
                                               : reinterpret_cast<sockaddr_in*>(&address)->sin_port);
    return made;
}

bool same_user(int socket) {
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid();
}

void widen(int socket, std::size_t bytes) {
    const int size = static_cast<int>(bytes);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
}

void watch_link(int socket, int link_timeout) {
    const auto set = [&](int level, int name, int number) {
        ::setsockopt(socket, level, name, &number, sizeof number);
    };
    const int seconds = std::max(1, link_timeout / 4'000);  // asks after a quarter of the time, three times
    set(SOL_SOCKET, SO_KEEPALIVE, 1);
    set(IPPROTO_TCP, TCP_KEEPIDLE, seconds);
    set(IPPROTO_TCP, TCP_KEEPINTVL, seconds);
    set(IPPROTO_TCP, TCP_KEEPCNT, 3);
    set(IPPROTO_TCP, TCP_USER_TIMEOUT, link_timeout);
    set(IPPROTO_TCP, TCP_NODELAY, 1);
}

void close_when_read(Descriptor socket, int link_timeout) {
    using clock = std::chrono::steady_clock;
    const auto limit = clock::now() + std::chrono::milliseconds(link_timeout);
    ::shutdown(socket.get(), SHUT_WR);
    std::array<char, 4'096> unread;
    for (bool open = static_cast<bool>(socket); open;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(limit - clock::now()).count();
        pollfd waiting{socket.get(), POLLIN, 0};
        if (left <= 0 || ::poll(&waiting, 1, static_cast<int>(left)) == 0) break;
        const auto count = ::recv(socket.get(), unread.data(), unread.size(), MSG_DONTWAIT);
        open = count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
    }
}

Descriptor connect_to(const link::Address& address, bool& local) {
    for (int attempt = 0; attempt < 3; ++attempt) {
        local = true;
        if (auto made = connect_locally(address.local)) return made;
        local = false;
        for (const auto& host : address.addresses)
            if (auto made = address.port > 0 ? connect_far(host, address.port) : Descriptor()) {
                watch_link(made.get(), address.link_timeout);
                return made;
            }
        ::usleep(100'000);
    }
    return Descriptor();
}

}  // namespace hecaton::launcher

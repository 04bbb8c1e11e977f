#include "sockets.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
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

// Waits for the connection for two seconds at most.
Descriptor connect_far(const std::string& host, int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) return Descriptor();
    Descriptor made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (::connect(made.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return made;
    pollfd waiting{made.get(), POLLOUT, 0};
    int problem = errno == EINPROGRESS ? 0 : errno;
    socklen_t size = sizeof problem;
    if (problem == 0 && ::poll(&waiting, 1, 2'000) == 1 &&
        ::getsockopt(made.get(), SOL_SOCKET, SO_ERROR, &problem, &size) == 0 && problem == 0)
        return made;
    return Descriptor();
}

std::string text(const in_addr& address) {
    std::array<char, INET_ADDRSTRLEN> buffer{};
    ::inet_ntop(AF_INET, &address, buffer.data(), buffer.size());
    return buffer.data();
}

struct Interface {
    std::string name;
    in_addr address{};
    std::string network;
};

std::vector<Interface> interfaces() {
    std::vector<Interface> found;
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return found;
    for (const ifaddrs* each = list; each; each = each->ifa_next) {
        if (!each->ifa_addr || !each->ifa_netmask || each->ifa_addr->sa_family != AF_INET) continue;
        const auto address = reinterpret_cast<const sockaddr_in*>(each->ifa_addr)->sin_addr;
        const auto mask = reinterpret_cast<const sockaddr_in*>(each->ifa_netmask)->sin_addr;
        found.push_back({each->ifa_name, address,
                         fmt::format("{}/{}", text({address.s_addr & mask.s_addr}), std::popcount(mask.s_addr))});
    }
    ::freeifaddrs(list);
    return found;
}

bool leads_nowhere(const std::string& name) {
    for (const char* begin : {"lo", "docker", "virbr", "br-", "veth", "cni", "flannel", "podman", "lxcbr", "vmnet"})
        if (name.starts_with(begin)) return true;
    return false;
}

// The network of the interface that has this address.
std::string network_of(const in_addr& own) {
    for (const auto& one : interfaces())
        if (one.address.s_addr == own.s_addr) return one.network;
    return {};
}

}  // namespace

void Descriptor::reset(int number) noexcept {
    if (number_ >= 0) ::close(number_);
    number_ = number;
}

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

Descriptor listen_for_others(int& port) {
    Descriptor made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    socklen_t size = sizeof address;
    if (::bind(made.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::listen(made.get(), 1'024) != 0 ||
        ::getsockname(made.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
        fail("no socket for the ranks on other machines");
    port = ntohs(address.sin_port);
    return made;
}

bool same_user(int socket) {
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid();
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

Descriptor connect_to(const wire::Address& address, bool& local) {
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

std::optional<Way> way_to(const std::string& host) {
    addrinfo wanted{};
    wanted.ai_family = AF_INET;
    wanted.ai_socktype = SOCK_DGRAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), "9", &wanted, &found) != 0 || found == nullptr) return std::nullopt;
    // Connecting a datagram socket sends nothing; it only looks for the way.
    const Descriptor probe(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in own{};
    socklen_t size = sizeof own;
    const bool good = ::connect(probe.get(), found->ai_addr, found->ai_addrlen) == 0 &&
                      ::getsockname(probe.get(), reinterpret_cast<sockaddr*>(&own), &size) == 0;
    const std::string target = text(reinterpret_cast<const sockaddr_in*>(found->ai_addr)->sin_addr);
    ::freeaddrinfo(found);
    if (!good) return std::nullopt;
    return Way{text(own.sin_addr), network_of(own.sin_addr), target};
}

std::vector<std::string> own_networks() {
    std::vector<std::string> found;
    for (const auto& one : interfaces())
        if (!leads_nowhere(one.name)) found.push_back(one.network);
    return found;
}

std::vector<std::string> own_addresses() {
    std::vector<std::string> found;
    for (const auto& one : interfaces())
        if (!leads_nowhere(one.name)) found.push_back(text(one.address));
    return found;
}

bool inside(const std::string& network, const std::string& address) {
    const auto slash = network.find('/');
    in_addr begin{};
    in_addr one{};
    if (slash == std::string::npos || ::inet_pton(AF_INET, network.substr(0, slash).c_str(), &begin) != 1 ||
        ::inet_pton(AF_INET, address.c_str(), &one) != 1)
        return false;
    const int bits = wire::number(network.substr(slash + 1));
    const std::uint32_t mask = bits == 0 ? 0 : ~std::uint32_t{0} << (32 - bits);
    return (ntohl(begin.s_addr) & mask) == (ntohl(one.s_addr) & mask);
}

}  // namespace hecaton::launcher

#include <launcher/hosts/addresses.hpp>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include <launcher/link/sockets.hpp>

namespace hecaton::launcher {
namespace {

// The bytes of an address: 4 of IPv4, 16 of IPv6, none of anything else.
std::string bytes(const sockaddr* address) {
    if (address == nullptr) return {};
    if (address->sa_family == AF_INET) {
        const auto& found = reinterpret_cast<const sockaddr_in*>(address)->sin_addr;
        return {reinterpret_cast<const char*>(&found), sizeof found};
    }
    if (address->sa_family == AF_INET6) {
        const auto& found = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
        return {reinterpret_cast<const char*>(&found), sizeof found};
    }
    return {};
}

std::string text(const std::string& bytes) {
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    const int family = bytes.size() == sizeof(in_addr) ? AF_INET : AF_INET6;
    ::inet_ntop(family, bytes.data(), buffer.data(), buffer.size());
    return buffer.data();
}

// An address that is valid on its own link only.
bool on_one_link(const sockaddr* address) {
    return address->sa_family == AF_INET6 &&
           IN6_IS_ADDR_LINKLOCAL(&reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr);
}

std::string network(std::string address, const std::string& mask) {
    int bits = 0;
    for (std::size_t i = 0; i < address.size(); ++i) {
        address[i] = static_cast<char>(address[i] & mask[i]);
        bits += std::popcount(static_cast<unsigned char>(mask[i]));
    }
    return fmt::format("{}/{}", text(address), bits);
}

struct Interface {
    std::string name;
    std::string address;
    std::string network;
};

std::vector<Interface> interfaces() {
    std::vector<Interface> found;
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return found;
    for (const ifaddrs* each = list; each; each = each->ifa_next) {
        const std::string address = bytes(each->ifa_addr);
        const std::string mask = bytes(each->ifa_netmask);
        if (address.empty() || mask.size() != address.size() || on_one_link(each->ifa_addr)) continue;
        found.push_back({each->ifa_name, text(address), network(address, mask)});
    }
    ::freeifaddrs(list);
    std::ranges::stable_sort(found, {}, [](const Interface& one) { return is_ipv6(one.address); });
    return found;
}

bool leads_nowhere(const std::string& name) {
    for (const char* begin : {"lo", "docker", "virbr", "br-", "veth", "cni", "flannel", "podman", "lxcbr", "vmnet"})
        if (name.starts_with(begin)) return true;
    return false;
}

// The network of the interface that has this address.
std::string network_of(const std::string& own) {
    for (const auto& one : interfaces())
        if (one.address == own) return one.network;
    return {};
}

// This machine's address on the way to `target`; empty where there is no way. Connecting a datagram socket sends
// nothing.
std::string own_address_towards(const addrinfo& target) {
    const detail::Descriptor probe(::socket(target.ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_storage own{};
    socklen_t size = sizeof own;
    const bool good = ::connect(probe.get(), target.ai_addr, target.ai_addrlen) == 0 &&
                      ::getsockname(probe.get(), reinterpret_cast<sockaddr*>(&own), &size) == 0;
    return good ? text(bytes(reinterpret_cast<const sockaddr*>(&own))) : std::string();
}

}  // namespace

std::vector<Way> ways_to(const std::string& host) {
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_DGRAM;
    addrinfo* list = nullptr;
    if (::getaddrinfo(host.c_str(), "9", &wanted, &list) != 0) return {};
    std::vector<Way> found;
    for (const addrinfo* each = list; each; each = each->ai_next) {
        const std::string target = bytes(each->ai_addr);
        if (target.empty() || on_one_link(each->ai_addr)) continue;
        const std::string own = own_address_towards(*each);
        if (!own.empty()) found.push_back({own, network_of(own), text(target)});
    }
    ::freeaddrinfo(list);
    std::ranges::stable_sort(found, {}, [](const Way& way) { return is_ipv6(way.target); });
    return found;
}

OwnNetworks own_networks() {
    OwnNetworks found;
    const auto add = [](std::vector<std::string>& to, const std::string& one) {
        if (std::ranges::count(to, one) == 0) to.push_back(one);
    };
    for (const auto& one : interfaces()) {
        if (leads_nowhere(one.name)) {
            add(found.dead_ends, one.name);
        } else {
            add(found.networks, one.network);
            add(found.addresses, one.address);
        }
    }
    return found;
}

bool is_ipv6(std::string_view text) { return text.find(':') != std::string_view::npos; }

}  // namespace hecaton::launcher

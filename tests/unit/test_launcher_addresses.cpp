// Addresses of both kinds, as far as loopback shows them.
#include <support/catch.hpp>

#include <launcher/hosts/addresses.hpp>
#include <launcher/hosts/ipv6_ssh.hpp>
#include <launcher/link/sockets.hpp>

using namespace hecaton::launcher;

TEST_CASE("the ways to an address") {
    const auto ways = ways_to("127.0.0.1");
    REQUIRE(ways.size() == 1);
    CHECK(ways[0].address == "127.0.0.1");
    CHECK(ways[0].target == "127.0.0.1");
    CHECK(ways[0].network == "127.0.0.0/8");
    CHECK(ways_to("").empty());
    for (const auto& way : ways_to("::1")) CHECK(way.address == "::1");  // none where the kernel has no IPv6
    CHECK(is_ipv6("fd00::/64"));
    CHECK_FALSE(is_ipv6("10.0.0.0/24"));
}

TEST_CASE("engines get names for IPv6 addresses") {
    CHECK(name_without_colons("fd00::7") == "ipv6-fd00--7");
    CHECK(name_without_colons("10.0.0.7") == "10.0.0.7");
    CHECK(name_without_colons("node-7") == "node-7");
}

TEST_CASE("shims reach the launcher over each kind of address") {
    link::Address address;
    address.local = "hecaton-nobody-" + random_token();
    address.link_timeout = 10'000;
    const auto listener = listen_for_others(address.port);
    const auto reached = [&](const std::string& at) {
        address.addresses = {"no address", at};
        bool local = true;
        return static_cast<bool>(connect_to(address, local)) && !local;
    };
    CHECK(reached("127.0.0.1"));
    if (!ways_to("::1").empty()) CHECK(reached("::1"));
}

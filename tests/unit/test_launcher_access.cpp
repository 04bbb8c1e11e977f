// How hosts are reached, from what they answered; nobody is asked.
#include <support/catch.hpp>

#include <launcher/hosts/access.hpp>

using namespace hecaton::launcher;
using Strings = std::vector<std::string>;
using Hosts = std::vector<hecaton::detail::launch::Host>;

namespace {

const OwnMachine own{.name = "login",
                     .executable = "/bin/hecaton",
                     .networks = {.networks = {"10.0.0.0/24", "192.168.7.0/24", "fd00::/64"},
                                  .addresses = {"10.0.0.1", "192.168.7.1", "fd00::1"},
                                  .dead_ends = {"lo"}}};

HostAnswer answer(const std::string& name, const std::vector<Way>& ways, const Strings& networks) {
    return {.name = name, .ways = ways, .facts = {.name = name, .networks = networks, .dead_ends = {"lo", "docker0"}}};
}

const Way over_10{.address = "10.0.0.1", .network = "10.0.0.0/24", .target = "10.0.0.2"};
const Way over_192{.address = "192.168.7.1", .network = "192.168.7.0/24", .target = "192.168.7.2"};
const Way over_ipv6{.address = "fd00::1", .network = "fd00::/64", .target = "fd00::2"};

}  // namespace

TEST_CASE("the network on the way to the hosts is taken where all are in it") {
    const Strings both{"10.0.0.0/24", "192.168.7.0/24"};
    const auto network = network_between({answer("a", {over_192}, both), answer("b", {over_192}, both)}, own.networks);
    CHECK(network.subnet == "192.168.7.0/24");
    CHECK_FALSE(network.ipv6);
    CHECK(network.dead_ends == Strings{"lo", "docker0"});
    // One host lacks it: another network that all are in, or none.
    CHECK(network_between({answer("a", {over_192}, both), answer("b", {over_10}, {"10.0.0.0/24"})}, own.networks)
              .subnet == "10.0.0.0/24");
    CHECK(network_between({answer("a", {over_192}, {"192.168.7.0/24"}), answer("b", {over_10}, {"10.0.0.0/24"})},
                          own.networks)
              .subnet.empty());
    // This machine is in all of its networks.
    CHECK(network_between({{.name = "login", .here = true}}, own.networks).subnet == "10.0.0.0/24");
    CHECK(network_between({}, {}).subnet.empty());
}

TEST_CASE("where a host is reached by IPv6 alone, the network is one of IPv6") {
    const Strings all{"10.0.0.0/24", "fd00::/64"};
    const auto network = network_between({answer("a", {over_10}, all), answer("b", {over_ipv6}, all)}, own.networks);
    CHECK(network.ipv6);
    CHECK(network.subnet == "fd00::/64");
}

TEST_CASE("hosts try first the addresses on the way to them, each once") {
    const auto access = host_access({answer("a", {over_192, over_ipv6}, {}), answer("b", {over_192}, {})},
                                    {{"a", 2}, {"b", 1}}, {"ssh", "-p", "22"}, own);
    CHECK(access.addresses == Strings{"192.168.7.1", "fd00::1", "10.0.0.1"});
    CHECK(access.hosts == Hosts{{"a", 2}, {"b", 1}});
    CHECK(access.ssh == Strings{"ssh", "-p", "22", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5"});
    CHECK(host_access({}, {}, {"my-ssh"}, own).ssh == Strings{"my-ssh"});
}

TEST_CASE("IPv6 addresses become names, and hecaton stands in front of ssh") {
    HostAnswer here = answer("fd00::1", {over_ipv6}, {});
    here.here = true;
    const auto access = host_access({here, answer("fd00::2", {over_ipv6}, {}), answer("c", {over_10}, {})},
                                    {{"fd00::1", 1}, {"fd00::2", 4}, {"c", 2}}, {"my-ssh"}, own);
    CHECK(access.hosts == Hosts{{"login", 1}, {"ipv6-fd00--2", 4}, {"c", 2}});
    CHECK(access.ssh == Strings{"/bin/hecaton", "__ssh", "my-ssh"});
}

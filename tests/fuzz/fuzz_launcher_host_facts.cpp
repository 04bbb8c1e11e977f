// What another machine says of itself over ssh, with its greetings around.
#include <fuzz/target.hpp>
#include <launcher/hosts/host_facts.hpp>

namespace hecaton::fuzz {

void run(std::span<const std::byte> bytes) {
    const auto facts = launcher::decode_host_facts(std::string(text(bytes)));
    if (!facts) return;
    const std::string once = launcher::encode(*facts);
    const auto again = launcher::decode_host_facts(once);
    require(again && launcher::encode(*again) == once);
}

std::vector<std::string> seeds() {
    const launcher::HostFacts facts{.name = "node1",
                                    .program = "no such file",
                                    .fingerprint = "7-cbf29ce484222325",
                                    .networks = {"10.0.0.0/24", "fd00::/64"},
                                    .dead_ends = {"lo"},
                                    .time = 1'700'000'000'000,
                                    .cores = 8,
                                    .shared_memory = 1 << 30};
    return {launcher::encode(facts), "Welcome to node1!\n" + launcher::encode({.name = "node1", .folder = "gone"})};
}

}  // namespace hecaton::fuzz

#include <launcher/engines/job_slots.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <hecaton/launch/batch_job.hpp>
#include <iterator>
#include <numeric>
#include <utility>

#include <launcher/engines/plan.hpp>

namespace hecaton::launcher {
namespace {

using detail::launch::Host;

int sum_of_slots(const std::vector<Host>& hosts) {
    return std::accumulate(hosts.begin(), hosts.end(), 0, [](int sum, const Host& host) { return sum + host.slots; });
}

// As many ranks as the options want on these nodes; 0: as many as there is room for.
int wanted_ranks(const RunOptions& options, const std::vector<Host>& nodes) {
    if (options.ranks > 0) return options.ranks;
    return options.ranks_per_node * static_cast<int>(nodes.size());
}

// Slots that were free, and how many of those that were tried were not.
struct Taken {
    std::vector<Host> hosts = {};
    std::vector<detail::Descriptor> held = {};
    int by_others = 0;
};

// A claim is an open file, so in large jobs nodes are divided, in place of slots, and in very large ones nothing.
constexpr int most_claims = 256;

Taken take(const std::vector<Host>& nodes, int slots, int per_node, const std::string& job, bool whole_nodes,
           const Claim& claim) {
    Taken found;
    for (const Host& node : nodes) {
        const int most = std::min({slots, node.slots, per_node});
        const int unit = whole_nodes ? node.slots : 1;
        int count = 0;
        for (int slot = 0; slot < node.slots && count < most; slot += unit) {
            auto one = claim(fmt::format("{}/{}/{}", job, node.name, slot));
            if (one) {
                found.held.push_back(std::move(one));
                count += std::min(unit, most - count);
            } else {
                found.by_others += unit;
            }
        }
        if (count > 0) found.hosts.push_back({.name = node.name, .slots = count});
        slots -= count;
    }
    return found;
}

}  // namespace

RunOptions divide_job(RunOptions options, const PlanFacts& facts, JobSlots& slots, const Claim& claim) {
    const auto& machine = facts.machine;
    const auto& allocation = machine.allocation;
    if (machine.job_nodes.empty() || machine.job_nodes.size() > most_claims) return options;
    const bool whole_nodes = sum_of_slots(machine.job_nodes) > most_claims;
    const auto nodes = options.hosts.empty() ? machine.job_nodes : detail::launch::part_of_job(options.hosts, machine);
    const int all = sum_of_slots(nodes);
    const int ranks = wanted_ranks(options, nodes);
    const int each = static_cast<long>(ranks) * std::max(1, options.threads) > all ? 1 : std::max(1, options.threads);
    const int wanted = ranks > 0 ? std::min(all, ranks * each) : all;
    const int per_node = options.ranks_per_node > 0 ? options.ranks_per_node * each : all;
    const std::string job = fmt::format("{}/{}", name(allocation.scheduler), allocation.job);
    Taken taken = take(nodes, wanted, per_node, job, whole_nodes, claim);
    const int free = sum_of_slots(taken.hosts);
    const bool enough = ranks > 0 ? free >= wanted : free >= each;
    if (taken.by_others > 0 && !enough) {
        slots.note =
            fmt::format("other runs of hecaton have {} of the {} slots of {} job {}: they share cores with this one",
                        taken.by_others, all, name(allocation.scheduler), allocation.job);
        return options;
    }
    slots.held = std::move(taken.held);
    if (taken.by_others == 0) return options;
    if (choose_engine(options, facts) != Engine::srun)
        options.hosts = std::move(taken.hosts);  // srun knows what is free
    if (ranks == 0) options.ranks = free / each;
    return options;
}

}  // namespace hecaton::launcher

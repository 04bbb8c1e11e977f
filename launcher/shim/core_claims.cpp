#include <launcher/shim/core_claims.hpp>

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <fstream>
#include <hecaton/foundation/affinity.hpp>
#include <hecaton/foundation/host.hpp>
#include <memory>

#include <launcher/base/claim.hpp>

namespace hecaton::launcher {
namespace {

// The number of the first hardware thread of this one's core.
int first_thread(int cpu) {
    std::ifstream list(fmt::format("/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list", cpu));
    int first = cpu;
    return list >> first ? first : cpu;
}

std::vector<Core> cores_of(const std::vector<int>& cpus) {
    std::vector<std::pair<int, Core>> cores;
    for (const int cpu : cpus) {
        const int first = first_thread(cpu);
        const auto found = std::ranges::find(cores, first, &std::pair<int, Core>::first);
        if (found == cores.end())
            cores.emplace_back(first, Core{cpu});
        else
            found->second.push_back(cpu);
    }
    std::vector<Core> made;
    made.reserve(cores.size());
    for (auto& [first, core] : cores) made.push_back(std::move(core));
    return made;
}

void bind_to(const std::vector<Core>& cores) {
    int most = 0;
    for (const Core& core : cores) most = std::max(most, *std::ranges::max_element(core));
    const std::unique_ptr<cpu_set_t, void (*)(cpu_set_t*)> set(CPU_ALLOC(most + 1),
                                                               [](cpu_set_t* one) { CPU_FREE(one); });
    const std::size_t bytes = CPU_ALLOC_SIZE(most + 1);
    CPU_ZERO_S(bytes, set.get());
    for (const Core& core : cores)
        for (const int cpu : core) CPU_SET_S(cpu, bytes, set.get());
    ::sched_setaffinity(0, bytes, set.get());
}

}  // namespace

std::vector<Core> choose_cores(const std::vector<Core>& own, const std::vector<Core>& all,
                               const std::function<bool(const Core&)>& take) {
    const auto among = [](const std::vector<Core>& cores) {
        return [&cores](const Core& core) { return std::ranges::find(cores, core) != cores.end(); };
    };
    std::vector<Core> chosen;
    for (const Core& core : own)
        if (among(all)(core) && take(core)) chosen.push_back(core);
    const auto begin = static_cast<std::size_t>(std::ranges::find(all, own.front()) - all.begin());
    for (std::size_t i = 0; i < all.size() && chosen.size() < own.size(); ++i) {
        const Core& core = all[(begin + i) % all.size()];
        if (!among(own)(core) && take(core)) chosen.push_back(core);
    }
    if (chosen.size() == own.size()) return chosen;
    return std::ranges::all_of(own, among(all)) ? own : all;
}

CoreClaims::CoreClaims(pid_t engine) {
    const auto own = detail::affinity::cpus();
    const auto all = detail::affinity::cpus(engine);
    if (own.empty() || std::ranges::includes(own, all)) return;
    const auto own_cores = cores_of(own);
    const auto chosen = choose_cores(own_cores, cores_of(all), [this](const Core& core) { return take(core); });
    if (chosen != own_cores) bind_to(chosen);
}

bool CoreClaims::take(const Core& core) {
    auto one = claim(fmt::format("{}/core/{}", detail::host::name(), core.front()));
    if (!one) return false;
    held_.push_back(std::move(one));
    return true;
}

}  // namespace hecaton::launcher

#include <fmt/format.h>

#include <cerrno>
#include <hecaton/foundation/affinity.hpp>
#include <memory>

namespace hecaton::detail::affinity {

// The kernel refuses a set that is smaller than its own, and does not say how large that is.
std::vector<int> cpus(pid_t process, Ask ask) {
    constexpr int most = 1 << 20;
    std::vector<int> found;
    for (int room = CPU_SETSIZE; room <= most; room *= 2) {
        const auto free = [](cpu_set_t* set) { CPU_FREE(set); };
        const std::unique_ptr<cpu_set_t, decltype(free)> set(CPU_ALLOC(room), free);
        const std::size_t bytes = CPU_ALLOC_SIZE(room);
        if (!set) break;
        CPU_ZERO_S(bytes, set.get());
        if (ask(process, bytes, set.get()) == 0) {
            for (int cpu = 0; cpu < room; ++cpu)
                if (CPU_ISSET_S(cpu, bytes, set.get())) found.push_back(cpu);
            break;
        }
        if (errno != EINVAL) break;
    }
    return found;
}

std::string text(const std::vector<int>& cpus) {
    std::string made;
    for (std::size_t at = 0; at < cpus.size(); ++at) {
        const int first = cpus[at];
        while (at + 1 < cpus.size() && cpus[at + 1] == cpus[at] + 1) ++at;
        made += fmt::format("{}{}", made.empty() ? "" : ",", first);
        if (cpus[at] > first) made += fmt::format("-{}", cpus[at]);
    }
    return made;
}

}  // namespace hecaton::detail::affinity

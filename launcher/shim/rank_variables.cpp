#include <launcher/shim/rank_variables.hpp>

#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/thread_share.hpp>
#include <hecaton/launch/place.hpp>
#include <string>

#include <launcher/base/gpus.hpp>
#include <launcher/engines/layout.hpp>
#include <launcher/shim/rank_process.hpp>
#include <launcher/shim/variables.hpp>

namespace hecaton::launcher {
namespace {

using detail::JobPlace;
using detail::launch::Variables;

JobPlace place_of_rank(const link::Address& address, const Variables& environment) {
    JobPlace found = detail::launch::place_by_engine(environment);
    const auto [rank, size] = rank_and_size();
    if (address.nodes == 1) {
        found.node = 0;
        found.nodes = 1;
        if (found.local_rank < 0) found.local_rank = rank;
        if (found.local_size == 0) found.local_size = size;
    }
    if (found.known()) return found;
    const Layout layout{.nodes = address.nodes, .blocks = blocks_of_text(address.blocks)};
    found.node = node_of(rank, layout);
    found.nodes = layout.nodes;
    if (found.node < 0 && found.local_size > 0 && rank >= 0) {  // as on nodes that are all alike
        found.node = rank / found.local_size;
        found.nodes = std::max(found.node + 1, (size + found.local_size - 1) / found.local_size);
    }
    return found;
}

// A scheduler without a task plugin binds no process to what it has given to the job.
int cores_for_job(const Variables& environment, pid_t engine) {
    int cores = detail::cores_for_ranks(engine);
    if (environment.contains("SLURM_JOB_ID"))
        if (const int given = link::number(std::string(detail::launch::value(environment, "SLURM_CPUS_ON_NODE")));
            given > 0)
            cores = cores > 0 ? std::min(cores, given) : given;
    return cores > 0 ? cores : detail::host::cores();
}

}  // namespace

void set_rank_variables(const link::Address& address, pid_t engine) {
    const Variables environment = detail::launch::variables();
    const JobPlace found = place_of_rank(address, environment);
    detail::launch::tell_place(found);
    const int share = detail::thread_share(cores_for_job(environment, engine), found.local_size, detail::host::cores());
    ::setenv(detail::thread_variable, std::to_string(share).c_str(), 0);
}

std::string set_gpu_variables(const link::Address& address) {
    if (address.gpus <= 0) return {};
    Variables environment = detail::launch::variables();
    const JobPlace own = detail::launch::told_place(environment);
    // The user's --env for the ranks counts, too.
    for (const auto& [name, text] : detail::launch::variables())
        if (!plain_name(name).empty()) environment[plain_name(name)] = text;
    const Gpus found = gpus(environment);
    const auto share = share_of(found, own.local_rank, address.gpus);
    if (share.empty())
        return too_few_gpus(std::max(1, own.local_size), address.gpus, detail::host::name(), found.count());
    for (const auto& [name, text] : share) {
        ::setenv(name.c_str(), text.c_str(), 1);
        ::unsetenv(carried_name(name).c_str());
    }
    ::setenv("CUDA_DEVICE_ORDER", "PCI_BUS_ID", 0);  // the order of /dev, on every rank
    return {};
}

std::string own_gpus(const link::Address& address) {
    const Gpus found = address.gpus > 0 ? gpus(detail::launch::variables()) : Gpus();
    return found.lists.empty() ? std::string() : fmt::format("{}", fmt::join(found.lists.front().devices, ","));
}

}  // namespace hecaton::launcher

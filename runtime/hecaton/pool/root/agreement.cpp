#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <functional>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/host.hpp>
#include <hecaton/pool/root/agreement.hpp>
#include <hecaton/tasks/task_table.hpp>
#include <hecaton/transport/mpi_check.hpp>
#include <hecaton/transport/mpi_session.hpp>
#include <hecaton/transport/rank_list.hpp>
#include <hecaton/transport/rank_place.hpp>
#include <unordered_map>

namespace hecaton::detail {
namespace {

// What one rank says of itself; gathered as bytes.
struct RankProfile {
    TableFingerprint print;
    std::int32_t processes = 0;
    std::int32_t root = 0;
    std::int32_t root_works = 0;
    std::uint32_t pools_before = 0;
    std::uint64_t node = 0;
    std::uint32_t watched = 0;
    std::array<char, 64> host{};
};

// What the root says to all, as bytes.
struct RootFacts {
    // A process can be root of one pool and worker of another: the pool's number has the root's world rank in it.
    int world_rank = 0;
    MemoryFile::Address bells;
};

RankProfile profile(const PoolOptions& options, int rank) {
    static std::atomic<std::uint32_t> pools{0};
    RankProfile mine;
    mine.print = table_fingerprint();
    mine.processes = options.processes;
    mine.root = options.root;
    mine.root_works = options.root_works ? 1 : 0;
    mine.pools_before = pools.fetch_add(1);
    mine.node = host::process_space() + pretended_node(rank);
    // The root answers for itself; it never waits for a shared value.
    mine.watched = rank == options.root || mpi_is_threaded() ? 1 : 0;
    host::name().copy(mine.host.data(), mine.host.size() - 1);
    return mine;
}

// The ranks that differ from rank 0 in `what`.
template <class Value>
std::vector<int> dissenters(const std::vector<RankProfile>& all, Value&& value) {
    std::vector<int> ranks;
    for (std::size_t rank = 1; rank < all.size(); ++rank)
        if (value(all[rank]) != value(all[0])) ranks.push_back(static_cast<int>(rank));
    return ranks;
}

void check_same(const std::vector<RankProfile>& all) {
    if (const auto others = dissenters(all, [](const RankProfile& s) { return s.print.program; }); !others.empty())
        throw UsageError(
            fmt::format("{} run{} another program than rank 0 (on {}): all ranks of a pool must run the same "
                        "executable. Was it rebuilt on one host only?",
                        rank_list(others), others.size() == 1 ? "s" : "", all[0].host.data()));
    const auto table = [](const RankProfile& s) { return std::pair(s.print.tasks, s.print.table); };
    if (const auto others = dissenters(all, table); !others.empty())
        throw UsageError(
            fmt::format("{} know{} other tasks than rank 0 ({} against {}): a library is loaded on some ranks only, "
                        "or in another order. Load it on every rank before the pool is opened",
                        rank_list(others), others.size() == 1 ? "s" : "",
                        all[static_cast<std::size_t>(others.front())].print.tasks, all[0].print.tasks));
    const auto options = [](const RankProfile& s) { return std::tuple(s.processes, s.root, s.root_works); };
    if (const auto others = dissenters(all, options); !others.empty())
        throw UsageError(
            fmt::format("{} opened the pool with other options than rank 0: PoolOptions are evaluated on every rank "
                        "and must agree",
                        rank_list(others)));
}

void check_pool_options(const PoolOptions& options, int ranks) {
    if (options.processes < 0)
        throw UsageError(fmt::format("PoolOptions::processes is {}: give the number of ranks to use, or 0 for all",
                                     options.processes));
    if (options.processes > ranks)
        throw UsageError(
            fmt::format("PoolOptions::processes is {}, but there {} {} rank{}: start more with hecaton run -n {}",
                        options.processes, ranks == 1 ? "is" : "are", ranks, ranks == 1 ? "" : "s", options.processes));
    if (options.root < 0 || options.root >= ranks)
        throw UsageError(
            fmt::format("PoolOptions::root is {}, but the communicator has ranks 0 to {}", options.root, ranks - 1));
}

}  // namespace

Ranks agree(MPI_Comm communicator, const PoolOptions& options) {
    int size = 0;
    check_mpi(MPI_Comm_size(communicator, &size), "MPI_Comm_size");
    int rank = 0;
    check_mpi(MPI_Comm_rank(communicator, &rank), "MPI_Comm_rank");
    const RankProfile mine = profile(options, rank);
    std::vector<RankProfile> all(static_cast<std::size_t>(size));
    check_mpi(MPI_Allgather(&mine, sizeof mine, MPI_BYTE, all.data(), sizeof mine, MPI_BYTE, communicator),
              "MPI_Allgather");
    check_same(all);
    check_pool_options(options, size);
    Ranks ranks;
    std::unordered_map<std::uint64_t, int> nodes;
    for (const RankProfile& each : all) {
        ranks.hosts.emplace_back(each.host.data());
        const int node = nodes.try_emplace(each.node, static_cast<int>(nodes.size())).first->second;
        ranks.nodes.push_back(each.watched != 0 ? node : -1);
    }
    const RankProfile& root = all[static_cast<std::size_t>(options.root)];
    RootFacts facts;
    check_mpi(MPI_Comm_rank(MPI_COMM_WORLD, &facts.world_rank), "MPI_Comm_rank");
    if (rank == options.root && size > 1) {
        ranks.bells = NodeBells::create(size, rank);
        if (ranks.bells != nullptr) facts.bells = ranks.bells->address();
    }
    check_mpi(MPI_Bcast(&facts, sizeof facts, MPI_BYTE, options.root, communicator), "MPI_Bcast");
    if (rank != options.root && mine.node == root.node && facts.bells.descriptor >= 0)
        ranks.bells = NodeBells::open(facts.bells, rank);
    ranks.number = (static_cast<std::uint64_t>(facts.world_rank) << 20U) + root.pools_before + 1;
    return ranks;
}

}  // namespace hecaton::detail

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <hecaton/foundation/host.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/foundation/thread_share.hpp>
#include <hecaton/job/job_place.hpp>
#include <hecaton/launch/place.hpp>
#include <hecaton/transport/communicator.hpp>
#include <hecaton/transport/mpi_check.hpp>
#include <hecaton/transport/mpi_session.hpp>
#include <hecaton/transport/rank_place.hpp>
#include <sstream>
#include <string>

namespace hecaton::detail {
namespace {

JobPlace place_in_environment() {
    const launch::Variables environment = launch::variables();
    if (!launch::rank_variable_set(environment)) return {.local_rank = 0, .local_size = 1, .node = 0, .nodes = 1};
    const JobPlace by_engine = launch::place_by_engine(environment);
    const JobPlace told = launch::told_place(environment);
    return by_engine.known() || !told.known() ? by_engine : told;
}

// The ranks that share memory are those of a node; the one with the lowest number stands for it.
JobPlace place_by_mpi() {
    JobPlace found;
    int rank = 0;
    check_mpi(MPI_Comm_rank(MPI_COMM_WORLD, &rank), "MPI_Comm_rank");
    MPI_Comm node = MPI_COMM_NULL;
    check_mpi(MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, &node),
              "MPI_Comm_split_type");
    check_mpi(MPI_Comm_rank(node, &found.local_rank), "MPI_Comm_rank");
    check_mpi(MPI_Comm_size(node, &found.local_size), "MPI_Comm_size");
    const int first = found.local_rank == 0 ? 1 : 0;
    int up_to_here = 0;
    check_mpi(MPI_Scan(&first, &up_to_here, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD), "MPI_Scan");
    check_mpi(MPI_Allreduce(&first, &found.nodes, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD), "MPI_Allreduce");
    found.node = up_to_here - 1;
    check_mpi(MPI_Bcast(&found.node, 1, MPI_INT, 0, node), "MPI_Bcast");
    check_mpi(MPI_Comm_free(&node), "MPI_Comm_free");
    return found;
}

}  // namespace

void share_cores() {
    if (std::getenv(thread_variable) != nullptr) return;
    const launch::Variables environment = launch::variables();
    if (!launch::rank_variable_set(environment)) return;
    const int ranks = launch::place_by_engine(environment).local_size;
    if (ranks < 2) return;
    const int cores = cores_for_ranks(::getppid());
    const int own = host::cores();
    const int share = thread_share(cores > 0 ? cores : own, ranks, own);
    ::setenv(thread_variable, std::to_string(share).c_str(), 1);
    const bool loaded = limit_threads(share);
    if (loaded && share < own && speaks_for_all() && launch::value(environment, "HECATON_QUIET").empty())
        log::line(
            fmt::format("{}={} for each of the {} ranks on a node, its share of {} cores; the variable sets another "
                        "number",
                        thread_variable, share, ranks, cores));
}

void find_place() {
    JobPlace found = place_in_environment();
    if (!found.known()) found = place_by_mpi();
    set_job_place(found);
    launch::tell_place(found);
}

void read_place() {
    if (job_place().local_size == 0) set_job_place(place_in_environment());
}

std::uint64_t pretended_node(int rank) {
    const char* groups = std::getenv("HECATON_PRETEND_NODES");
    if (groups == nullptr) return 0;
    std::istringstream sizes(groups);
    std::uint64_t node = 1;
    int end = 0;
    char comma = 0;
    for (int size = 0; sizes >> size && rank >= (end += size); sizes >> comma) ++node;
    return node;
}

}  // namespace hecaton::detail

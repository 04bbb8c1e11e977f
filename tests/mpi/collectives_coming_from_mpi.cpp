// What docs/coming-from-mpi.md writes by hand, taken from the page: it gives the same as the line beside it.
#include <cstring>
#include <hecaton/hecaton.hpp>
#include <numeric>
#include <support/catch.hpp>

#pragma GCC diagnostic ignored "-Wsign-conversion"  // MPI counts and indexes with int, and so does code by hand
#pragma GCC diagnostic ignored "-Wconversion"

namespace {

boost::mpi::communicator world() { return {}; }
std::vector<double> all() {
    std::vector<double> values(world().rank() == 0 ? 1'003 : 0);
    std::iota(values.begin(), values.end(), 0.0);
    return values;
}

#include <coming_from_mpi.hpp>  // what the page does by hand

}  // namespace

TEST_CASE("the snippets of coming-from-mpi") {
    const boost::mpi::communicator comm = world();
    const auto items = all();
    const auto mine = hecaton::scatter(comm, items);
    CHECK(scatter_by_hand(items, comm) == mine);
    CHECK(gather_by_hand(mine, comm) == hecaton::gather(comm, mine));
    const std::string name = "rank " + std::to_string(comm.rank());
    CHECK(gather_strings_by_hand(name, comm) == hecaton::gather(comm, name));
    CHECK(broadcast_by_hand(items, comm) == hecaton::broadcast(comm, items));
    const Longest my_longest{static_cast<double>(comm.rank() % 3), comm.rank()};
    const auto longest =
        hecaton::all_reduce(comm, my_longest, [](Longest a, Longest b) { return a.length >= b.length ? a : b; });
    const Longest by_hand = longest_by_hand(my_longest, comm);
    CHECK(longest.length == by_hand.length);
    CHECK(longest.rank == by_hand.rank);
    std::vector<std::vector<double>> out(static_cast<std::size_t>(comm.size()));
    for (std::size_t r = 0; r < out.size(); ++r) out[r].assign(r + 1, comm.rank());
    std::vector<double> in;
    for (const auto& part : hecaton::all_to_all(comm, out)) in.insert(in.end(), part.begin(), part.end());
    CHECK(in == exchange_by_hand(out, comm));
    double x = comm.rank() + 1;
    double sum = 0;
    MPI_Allreduce(&x, &sum, 1, MPI_DOUBLE, MPI_SUM, comm);
    CHECK(hecaton::all_reduce(comm, x, std::plus<>{}) == sum);
    double before = 0;
    MPI_Exscan(&x, &before, 1, MPI_DOUBLE, MPI_SUM, comm);
    CHECK(hecaton::exclusive_scan(comm, x, std::plus<>{}) == before);
}

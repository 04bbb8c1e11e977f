// Communicator: an MPI_Comm, a boost::mpi::communicator or a view of either, wherever a communicator is taken.
#include <mpi.h>

#include <boost/mpi/cartesian_communicator.hpp>
#include <boost/mpi/communicator.hpp>
#include <functional>
#include <hecaton/hecaton.hpp>
#include <numeric>
#include <support/catch.hpp>
#include <support/square.hpp>
#include <type_traits>
#include <vector>

using hecaton::Communicator;
using hecaton::test::square;

namespace {

// What is no communicator is a value.
static_assert(std::is_convertible_v<MPI_Comm, Communicator> == std::is_pointer_v<MPI_Comm>);
static_assert(std::is_constructible_v<Communicator, MPI_Comm>);
static_assert(std::is_convertible_v<boost::mpi::communicator&, Communicator>);
static_assert(std::is_convertible_v<boost::mpi::cartesian_communicator, Communicator>);
static_assert(!std::is_convertible_v<int, Communicator> && !std::is_convertible_v<std::nullptr_t, Communicator>);
static_assert(!std::is_constructible_v<Communicator, const char*>);
static_assert(std::is_trivially_copyable_v<Communicator> && sizeof(Communicator) == sizeof(MPI_Comm));

// Each collective over `comm`, against what is known of its ranks.
template <class Comm>
void check_collectives(const Comm& comm, int rank, int size) {
    const auto me = static_cast<std::size_t>(rank);
    std::vector<int> all(static_cast<std::size_t>(size));
    std::iota(all.begin(), all.end(), 0);
    const int sum = size * (size - 1) / 2;
    const int before = rank * (rank - 1) / 2;
    const std::vector<int> mine{rank};
    const std::vector<int> ones(all.size(), 1);
    const std::vector<int> none;
    const auto on_last = [&](const auto& value, const auto& other) { return rank == size - 1 ? value : other; };
    CHECK(hecaton::scatter(comm, all) == mine);
    CHECK(hecaton::scatter_by(comm, all, ones) == mine);
    CHECK(hecaton::gather(comm, rank, size - 1) == on_last(all, none));
    CHECK(hecaton::all_gather(comm, mine) == all);
    CHECK(hecaton::broadcast(comm, rank, size - 1) == size - 1);
    CHECK(hecaton::reduce(comm, rank, std::plus<>(), size - 1) == on_last(sum, 0));
    CHECK(hecaton::all_reduce(comm, rank, std::plus<>()) == sum);
    CHECK(hecaton::scan(comm, rank, std::plus<>()) == before + rank);
    CHECK(hecaton::exclusive_scan(comm, rank, std::plus<>()) == before);
    CHECK(hecaton::exclusive_scan(comm, rank, std::plus<>(), 10) == 10 + before);
    CHECK(hecaton::all_to_all(comm, all) == std::vector<int>(all.size(), rank));
    CHECK(hecaton::map(comm, square, all, size - 1).size() == on_last(all.size(), none.size()));
    CHECK(hecaton::all_map(comm, square, all)[me] == rank * rank);
    hecaton::for_each_block(comm, all, [&](std::span<int> block, std::size_t first) {
        CHECK(first == me);
        CHECK(block.front() == rank);
    });
    CHECK(hecaton::time_left(comm) > 0);
    hecaton::Pool pool(comm, {.root = size - 1});
    CHECK(pool.is_root() == (rank == size - 1));
    if (pool.is_root()) CHECK(pool.map(square, {1, 2, 3}) == std::vector{1, 4, 9});
}

}  // namespace

TEST_CASE("an MPI_Comm, a view and Boost.MPI's communicator are the same") {
    const boost::mpi::communicator world;
    check_collectives(world, world.rank(), world.size());
    check_collectives(Communicator(world), world.rank(), world.size());
    MPI_Comm reversed = MPI_COMM_NULL;
    MPI_Comm_split(MPI_COMM_WORLD, world.rank() % 2, -world.rank(), &reversed);
    const Communicator view(reversed);
    check_collectives(view, view.rank(), view.size());
#ifdef OPEN_MPI  // where MPI_Comm is a number, a view is to be written out
    check_collectives(MPI_COMM_WORLD, world.rank(), world.size());
    check_collectives(reversed, view.rank(), view.size());
#endif
    check_collectives(boost::mpi::communicator(view, boost::mpi::comm_attach), view.rank(), view.size());
    MPI_Comm_free(&reversed);
}

TEST_CASE("a view is as good as what it was made of") {
    const boost::mpi::communicator world;
    const Communicator view = world;
    CHECK(view.rank() == world.rank());
    CHECK(view.size() == world.size());
    CHECK(view == static_cast<MPI_Comm>(world));
    int rank = -1;
    MPI_Comm_rank(view, &rank);
    CHECK(rank == world.rank());
    CHECK(static_cast<bool>(view));
    const Communicator null(MPI_COMM_NULL);
    CHECK_FALSE(static_cast<bool>(null));
    CHECK_THROWS_AS(null.rank(), hecaton::UsageError);
    CHECK_THROWS_AS(null.size(), hecaton::UsageError);
    CHECK_THROWS_AS(hecaton::all_reduce(null, 1, std::plus<>()), hecaton::UsageError);
    CHECK_THROWS_AS(hecaton::Pool(null), hecaton::UsageError);
    CHECK(hecaton::all_reduce(world.split(0), 1, std::plus<>()) == world.size());  // of a temporary
}

TEST_CASE("without a communicator, values that look a little like one") {
    const int size = boost::mpi::communicator().size();
    CHECK(hecaton::all_reduce(0, std::plus<>()) == 0);
    CHECK(hecaton::reduce(1, std::plus<>(), size - 1) >= 0);
    CHECK(hecaton::broadcast(5, size - 1) == 5);
    CHECK(hecaton::all_gather(true) == std::vector<bool>(static_cast<std::size_t>(size), true));
    CHECK(hecaton::exclusive_scan(0, std::plus<>(), 3) == 3);
}

// broadcast and all_to_all.
#include <boost/mpi/collectives.hpp>
#include <boost/serialization/map.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>
#include <hecaton/hecaton.hpp>
#include <mpi/collectives_support.hpp>
#include <numeric>
#include <optional>
#include <support/catch.hpp>

namespace {

template <class T>
void check_broadcast(const boost::mpi::communicator& world, const T& value) {
    for (int root = 0; root < world.size(); ++root) {
        const T mine = world.rank() == root ? value : T();
        CHECK(hecaton::broadcast(world, mine, root) == value);
        CHECK(hecaton::broadcast(world, T(mine), root) == value);
    }
}

}  // namespace

TEMPLATE_TEST_CASE("broadcast, all sizes and roots", "", COLLECTIVE_TYPES) {
    const boost::mpi::communicator world;
    for (std::size_t i = 0; i < 50; i += 7) check_broadcast(world, make<TestType>(i));
    for (const std::size_t size : sizes_for(world.size())) check_broadcast(world, make_many<TestType>(size));
}

TEST_CASE("broadcast of text, optionals, large structs and large vectors") {
    const boost::mpi::communicator world;
    CHECK(hecaton::broadcast(world, "text") == "text");
    CHECK(hecaton::broadcast(std::string_view(world.rank() == 0 ? "from the root" : "other")) == "from the root");
    check_broadcast(world, std::optional<std::string>("x"));
    std::array<double, 1000> large{};
    large[999] = 1;
    check_broadcast(world, large);
    check_broadcast(world, std::vector<double>(3'000'000, 1.5));
    std::vector<int> reused(10, world.rank());
    reused = hecaton::broadcast(world, std::move(reused), world.size() - 1);
    CHECK(reused == std::vector<int>(10, world.size() - 1));
}

TEST_CASE("the same as MPI_Bcast and boost::mpi::broadcast") {
    const boost::mpi::communicator world;
    Table table = world.rank() == 0 ? make<Table>(9) : Table();
    const Table ours = hecaton::broadcast(world, table);
    boost::mpi::broadcast(world, table, 0);
    CHECK(ours == table);
    int number = world.rank() + 5;
    const int our_number = hecaton::broadcast(world, number);
    MPI_Bcast(&number, 1, MPI_INT, 0, world);
    CHECK(our_number == number);
}

TEMPLATE_TEST_CASE("all_to_all: item r goes to rank r", "", COLLECTIVE_TYPES) {
    const boost::mpi::communicator world;
    const auto p = static_cast<std::size_t>(world.size());
    const auto me = static_cast<std::size_t>(world.rank());
    std::vector<TestType> mine;
    std::vector<TestType> expected;
    for (std::size_t r = 0; r < p; ++r) {
        mine.push_back(make<TestType>(me * 10 + r));
        expected.push_back(make<TestType>(r * 10 + me));
    }
    CHECK(hecaton::all_to_all(world, mine) == expected);
    CHECK(hecaton::all_to_all(mine) == expected);
}

TEMPLATE_TEST_CASE("all_to_all of vectors of any length", "", COLLECTIVE_TYPES) {
    const boost::mpi::communicator world;
    const auto p = static_cast<std::size_t>(world.size());
    const auto me = static_cast<std::size_t>(world.rank());
    std::vector<std::vector<TestType>> mine;
    std::vector<std::vector<TestType>> expected;
    for (std::size_t r = 0; r < p; ++r) {
        mine.push_back(make_many<TestType>((me + 2 * r) % 5, me));
        expected.push_back(make_many<TestType>((r + 2 * me) % 5, r));
    }
    CHECK(hecaton::all_to_all(world, mine) == expected);
}

TEST_CASE("all_to_all of long vectors, and the same as MPI_Alltoall") {
    const boost::mpi::communicator world;
    const auto p = static_cast<std::size_t>(world.size());
    std::vector<std::vector<double>> mine(p);
    std::vector<int> numbers;
    for (std::size_t r = 0; r < p; ++r) {
        mine[r].assign(300'000 + r, world.rank());
        numbers.push_back(world.rank() * 100 + static_cast<int>(r));
    }
    const auto came = hecaton::all_to_all(world, mine);
    for (std::size_t r = 0; r < p; ++r)
        CHECK(came[r] == std::vector<double>(300'000 + static_cast<std::size_t>(world.rank()), static_cast<double>(r)));
    std::vector<int> theirs(p);
    MPI_Alltoall(numbers.data(), 1, MPI_INT, theirs.data(), 1, MPI_INT, world);
    CHECK(hecaton::all_to_all(world, numbers) == theirs);
}

// scatter, scatter_by, gather and all_gather: against what each rank can work out by itself, and against raw MPI.
#include <boost/mpi/collectives.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>
#include <hecaton/hecaton.hpp>
#include <list>
#include <mpi/collectives_support.hpp>
#include <numeric>
#include <ranges>
#include <set>
#include <support/catch.hpp>

namespace {

const auto on = [](int rank, int root, auto values) { return rank == root ? values : decltype(values)(); };

template <class T>
std::vector<T> part(const std::vector<T>& all, hecaton::Block block) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(block.first);
    return std::vector<T>(begin, begin + static_cast<std::ptrdiff_t>(block.count));
}

}  // namespace

TEST_CASE("blocks tile the range, and differ by one at most") {
    for (int ranks = 1; ranks < 10; ++ranks) {
        for (std::uint64_t items = 0; items < 40; ++items) {
            std::uint64_t next = 0;
            for (int rank = 0; rank < ranks; ++rank) {
                const hecaton::Block block = hecaton::block_of(items, ranks, rank);
                const auto p = static_cast<std::uint64_t>(ranks);
                CHECK(block.first == next);
                CHECK(block.count == items / p + (static_cast<std::uint64_t>(rank) < items % p ? 1 : 0));
                next += block.count;
            }
            CHECK(next == items);
        }
    }
}

TEMPLATE_TEST_CASE("scatter and gather, all sizes and roots", "", COLLECTIVE_TYPES) {
    const boost::mpi::communicator world;
    for (int root = 0; root < world.size(); ++root) {
        for (const std::size_t size : sizes_for(world.size())) {
            const auto all = make_many<TestType>(size);
            const auto mine = hecaton::scatter(world, on(world.rank(), root, all), root);
            CHECK(mine == part(all, hecaton::block_of(size, world.size(), world.rank())));
            CHECK(hecaton::gather(world, mine, root) == on(world.rank(), root, all));
            CHECK(hecaton::all_gather(world, mine) == all);
        }
    }
}

TEMPLATE_TEST_CASE("scatter_by, uneven counts", "", COLLECTIVE_TYPES) {
    const boost::mpi::communicator world;
    for (int root = 0; root < world.size(); ++root) {
        std::vector<int> counts;  // 0, 3, 6, ... and the last rank none
        for (int rank = 0; rank < world.size(); ++rank) counts.push_back(rank + 1 == world.size() ? 0 : 3 * rank);
        if (world.size() == 1) counts = {5};
        const auto all =
            make_many<TestType>(static_cast<std::size_t>(std::accumulate(counts.begin(), counts.end(), 0)));
        const auto mine = hecaton::scatter_by(world, on(world.rank(), root, all), on(world.rank(), root, counts), root);
        const auto here = counts.begin() + world.rank();
        const hecaton::Block block{static_cast<std::uint64_t>(std::accumulate(counts.begin(), here, 0)),
                                   static_cast<std::uint64_t>(*here)};
        CHECK(mine == part(all, block));
        CHECK(hecaton::all_gather(world, mine) == all);
    }
}

TEST_CASE("the same as MPI_Scatterv and MPI_Gatherv") {
    const boost::mpi::communicator world;
    for (const std::size_t size : sizes_for(world.size())) {
        const auto all = make_many<double>(size);
        std::vector<int> counts;
        std::vector<int> offsets;
        for (int rank = 0; rank < world.size(); ++rank) {
            const hecaton::Block block = hecaton::block_of(size, world.size(), rank);
            counts.push_back(static_cast<int>(block.count));
            offsets.push_back(static_cast<int>(block.first));
        }
        const int count = counts[static_cast<std::size_t>(world.rank())];
        std::vector<double> mine(static_cast<std::size_t>(count));
        MPI_Scatterv(all.data(), counts.data(), offsets.data(), MPI_DOUBLE, mine.data(), count, MPI_DOUBLE, 0, world);
        CHECK(hecaton::scatter(all) == mine);
        std::vector<double> back(world.rank() == 0 ? size : 0);
        MPI_Gatherv(mine.data(), count, MPI_DOUBLE, back.data(), counts.data(), offsets.data(), MPI_DOUBLE, 0, world);
        CHECK(hecaton::gather(mine) == back);
    }
}

TEST_CASE("the same as boost::mpi::all_gather") {
    const boost::mpi::communicator world;
    const auto mine = make<Words>(static_cast<std::size_t>(world.rank()) + 2);
    std::vector<Words> theirs;
    boost::mpi::all_gather(world, mine, theirs);
    CHECK(hecaton::all_gather(world, std::vector<Words>{mine}) == theirs);
}

TEST_CASE("a scalar counts as a range of one, and text is a scalar") {
    const boost::mpi::communicator world;
    std::vector<int> ranks(static_cast<std::size_t>(world.size()));
    std::iota(ranks.begin(), ranks.end(), 0);
    CHECK(hecaton::gather(world, world.rank()) == on(world.rank(), 0, ranks));
    CHECK(hecaton::all_gather(world.rank()) == ranks);
    const Words words(ranks.size(), "word");
    CHECK(hecaton::all_gather(world, "word") == words);
    CHECK(hecaton::all_gather(world, std::string("word")) == words);
    CHECK(hecaton::all_gather(world, std::string_view("word")) == words);
    CHECK(hecaton::all_gather(world, std::pair(1, std::string("x"))).size() == ranks.size());
}

TEST_CASE("ranges that are no vectors") {
    const boost::mpi::communicator world;
    const auto squares = std::views::iota(0, 100) | std::views::transform([](int x) { return x * x; });
    const std::vector<int> expected(squares.begin(), squares.end());
    CHECK(hecaton::all_gather(world, hecaton::scatter(world, squares)) == expected);
    const std::list<std::string> list{"a", "b", "c", "d"};
    CHECK(hecaton::all_gather(world, hecaton::scatter(world, list)) == Words{"a", "b", "c", "d"});
    const std::set<int> set{3, 1, 2};
    CHECK(hecaton::all_gather(world, hecaton::scatter(world, set)) == std::vector<int>{1, 2, 3});
    const std::map<std::string, int> map{{"a", 1}, {"b", 2}};
    const std::vector<std::pair<std::string, int>> pairs{{"a", 1}, {"b", 2}};
    CHECK(hecaton::all_gather(world, hecaton::scatter(world, map)) == pairs);
    const int array[] = {5, 6, 7};
    CHECK(hecaton::all_gather(world, hecaton::scatter(world, array)) == std::vector<int>{5, 6, 7});
    const std::vector<const char*> literals{"x", "y"};
    CHECK(hecaton::all_gather(world, hecaton::scatter(world, literals)) == Words{"x", "y"});
    auto odd = std::views::filter(expected, [](int x) { return x % 2 == 1; });  // knows no size, and is not const
    CHECK(hecaton::all_gather(world, hecaton::scatter(world, odd)).size() == 50);
}

TEST_CASE("more than the smallest and the largest messages of MPI's algorithms") {
    const boost::mpi::communicator world;
    for (const std::size_t size : {3'000'000U, 3'000'001U}) {
        std::vector<double> all(size);
        std::iota(all.begin(), all.end(), 0.0);
        const auto mine = hecaton::scatter(world, on(world.rank(), 0, all));
        CHECK(hecaton::gather(world, mine) == on(world.rank(), 0, all));
        CHECK(hecaton::all_gather(world, mine) == all);
    }
}

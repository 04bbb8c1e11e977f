// Pools in programs that own their MPI: sub-communicators, one after the other, side by side, any root.
#include <boost/mpi/communicator.hpp>
#include <chrono>
#include <hecaton/hecaton.hpp>
#include <stdexcept>
#include <string>
#include <support/catch.hpp>
#include <support/events.hpp>
#include <support/square.hpp>
#include <thread>
#include <vector>

using hecaton::Pool;
using hecaton::test::square;

namespace {
const std::vector<int> input{1, 2, 3, 4, 5};
const std::vector<int> squares{1, 4, 9, 16, 25};
}  // namespace

TEST_CASE("pools one after the other") {
    for (int round = 0; round < 10; ++round) {
        Pool pool{boost::mpi::communicator()};
        if (!pool.is_root()) {
            CHECK(pool.serve() == 0);
            continue;
        }
        CHECK(pool.map(square, input) == squares);
        pool.close();
        CHECK_THROWS_AS(pool.map(square, input), hecaton::PoolClosed);
        pool.join();
        pool.join();
    }
}

TEST_CASE("any root") {
    const boost::mpi::communicator world;
    for (int root = 0; root < world.size(); ++root) {
        Pool pool(world, {.root = root});
        CHECK(pool.is_root() == (world.rank() == root));
        if (pool.is_root()) CHECK(pool.map(square, input) == squares);
    }  // the destructor drains on the root, and serves on the others
}

TEST_CASE("two pools over the same ranks with different roots") {
    const boost::mpi::communicator world;
    Pool first(world);
    if (first.is_root()) {
        CHECK(first.map(square, input) == squares);
        first.close();
        first.join();
    } else {
        first.serve();
    }
    Pool second(world, {.root = world.size() - 1});
    if (second.is_root()) CHECK(second.map(square, input) == squares);
}

TEST_CASE("a pool of fewer ranks than there are, and one whose root does not work") {
    const boost::mpi::communicator world;
    for (int processes = 1; processes <= world.size(); ++processes) {
        Pool pool(world, {.processes = processes});
        CHECK(pool.size() == processes);
        if (pool.is_root()) {
            CHECK(pool.map(square, input) == squares);
        }
    }
    Pool idle_root(world, {.root_works = false});
    if (idle_root.is_root()) {
        const auto ranks =
            idle_root.with({.chunk_size = 1}).map([](int) { return hecaton::this_worker::rank(); }, input);
        for (const int rank : ranks) CHECK((rank != 0 || world.size() == 1));
    }
}

TEST_CASE("options on which the ranks differ, and no communicator, are an error on every rank") {
    const boost::mpi::communicator world;
    if (world.size() > 1) CHECK_THROWS_AS(Pool(world, {.root_works = world.rank() == 0}), hecaton::UsageError);
    CHECK_THROWS_AS(Pool(boost::mpi::communicator(MPI_COMM_NULL, boost::mpi::comm_attach)), hecaton::UsageError);
}

TEST_CASE("the initializer runs once on each worker, before its first task") {
    static int runs;
    runs = 0;
    const boost::mpi::communicator world;
    Pool pool(world, {.initializer = [] { ++runs; }});
    if (!pool.is_root()) return void(pool.serve());
    const auto seen = pool.with({.chunk_size = 1}).map([](int) { return runs; }, std::vector<int>(100));
    CHECK(seen == std::vector<int>(100, 1));
}

TEST_CASE("leaving the scope by an exception cancels what has not started") {
    const boost::mpi::communicator world;
    hecaton::test::Gate gate;
    try {
        Pool pool(world);
        if (!pool.is_root()) return void(pool.serve());
        const auto nap = [](const std::string& passed) {
            hecaton::test::pass(passed);
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        };
        auto result = pool.map_async(nap, std::vector<std::string>(10'000, gate.path()));
        throw std::runtime_error("the body gives up");
    } catch (const std::runtime_error& error) {
        CHECK(error.what() == std::string("the body gives up"));
    }
    CHECK(gate.arrivals() < 10'000);
}

// Pools in programs that own their MPI: sub-communicators, one after the other, side by side, any root.
#include <boost/mpi/communicator.hpp>
#include <chrono>
#include <hecaton/hecaton.hpp>
#include <stdexcept>
#include <string>
#include <support/catch.hpp>
#include <thread>
#include <vector>

using hecaton::Pool;

namespace {
int square(int x) { return x * x; }
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

TEST_CASE("pools over the halves of a communicator, side by side") {
    const boost::mpi::communicator world;
    Pool pool(world.split(world.rank() % 2));
    if (!pool.is_root()) return void(pool.serve());
    for (int round = 0; round < 20; ++round) CHECK(pool.map(square, input) == squares);
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

TEST_CASE("options that can not be are an error on every rank") {
    const boost::mpi::communicator world;
    CHECK_THROWS_AS(Pool(world, {.processes = -1}), hecaton::UsageError);
    CHECK_THROWS_AS(Pool(world, {.processes = world.size() + 1}), hecaton::UsageError);
    CHECK_THROWS_AS(Pool(world, {.root = world.size()}), hecaton::UsageError);
    CHECK_THROWS_AS(Pool(world, {.root = -1}), hecaton::UsageError);
    if (world.size() > 1) CHECK_THROWS_AS(Pool(world, {.root_works = world.rank() == 0}), hecaton::UsageError);
    CHECK_THROWS_AS(Pool(boost::mpi::communicator(MPI_COMM_NULL, boost::mpi::comm_attach)), hecaton::UsageError);
}

TEST_CASE("a failing initializer fails the pool, repeatably") {
    const boost::mpi::communicator world;
    Pool pool(world, {.initializer = [] { throw std::domain_error("no licence"); }});
    if (!pool.is_root()) return void(pool.serve());
    for (int round = 0; round < 3; ++round) CHECK_THROWS_AS(pool.map(square, input), std::domain_error);
    CHECK_THROWS_AS(pool.map_async(square, input).get(), std::domain_error);
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

TEST_CASE("terminate is prompt with many long tasks queued") {
    const boost::mpi::communicator world;
    Pool pool(world);
    if (!pool.is_root()) return void(pool.serve());
    const auto begin = std::chrono::steady_clock::now();
    auto result = pool.map_async([](int) { std::this_thread::sleep_for(std::chrono::milliseconds(100)); },
                                 std::vector<int>(10'000));
    pool.terminate();
    CHECK_THROWS_AS(result.get(), hecaton::TaskCancelled);
    CHECK_THROWS_AS(pool.map(square, input), hecaton::PoolClosed);
    pool.join();
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(3));
}

TEST_CASE("leaving the scope by an exception cancels what has not started") {
    const boost::mpi::communicator world;
    const auto begin = std::chrono::steady_clock::now();
    try {
        Pool pool(world);
        if (!pool.is_root()) return void(pool.serve());
        auto result = pool.map_async([](int) { std::this_thread::sleep_for(std::chrono::milliseconds(100)); },
                                     std::vector<int>(10'000));
        throw std::runtime_error("the body gives up");
    } catch (const std::runtime_error& error) {
        CHECK(error.what() == std::string("the body gives up"));
    }
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(3));
}

TEST_CASE("sixteen threads of work through one pool") {
    const boost::mpi::communicator world;
    Pool pool(world);
    if (!pool.is_root()) return void(pool.serve());
    std::vector<hecaton::AsyncResult<std::vector<int>>> results;
    for (int i = 0; i < 16; ++i)
        results.push_back(pool.map_async([i](int x) { return x + i; }, std::vector<int>(128, 1)));
    for (int i = 0; i < 16; ++i) CHECK(results[static_cast<std::size_t>(i)].get() == std::vector<int>(128, 1 + i));
}

// The life of a pool: what it is made of, how it ends, and pools beside each other.
#include <boost/mpi/communicator.hpp>
#include <chrono>
#include <hecaton/hecaton.hpp>
#include <numeric>
#include <stdexcept>
#include <string>
#include <support/catch.hpp>
#include <support/events.hpp>
#include <support/square.hpp>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using hecaton::Pool;
using hecaton::test::Gate;
using hecaton::test::square;

namespace {

std::vector<int> numbers(int n) {
    std::vector<int> result(static_cast<std::size_t>(n));
    std::iota(result.begin(), result.end(), 0);
    return result;
}

// A pool over `communicator`, used by `body` on its root and served by the others.
template <class Body>
void with_pool(const boost::mpi::communicator& communicator, hecaton::PoolOptions options, Body&& body) {
    Pool pool(communicator, std::move(options));
    if (!pool.is_root()) return void(pool.serve());
    body(pool);
}

}  // namespace

TEST_CASE("multiprocessing: 0 processes are all of them, -1 and too many are refused") {
    const boost::mpi::communicator world;
    with_pool(world, {.processes = 0}, [&](Pool& pool) { CHECK(pool.size() == world.size()); });
    CHECK_THROWS_AS(Pool(world, {.processes = -1}), hecaton::UsageError);
    CHECK_THROWS_AS(Pool(world, {.processes = world.size() + 1}), hecaton::UsageError);
}

TEST_CASE("multiprocessing: terminate is prompt with 10,000 long tasks queued") {
    with_pool({}, {}, [](Pool& pool) {
        Gate gate;
        auto result = pool.map_async(hecaton::test::wait_at, std::vector<std::string>(10'000, gate.path()));
        pool.terminate();  // while no task can end
        CHECK_THROWS_AS(pool.map(square, {1}), hecaton::PoolClosed);
        gate.open();
        pool.join();
        CHECK_THROWS_AS(result.get(), hecaton::TaskCancelled);
        CHECK(gate.arrivals() < 10'000);
    });
}

TEST_CASE("multiprocessing: a closed pool refuses work and cannot be entered again") {
    with_pool({}, {}, [](Pool& pool) {
        auto before = pool.map_async(square, numbers(100));
        CHECK_THROWS_AS(pool.join(), std::logic_error);
        pool.close();
        CHECK_THROWS_AS(pool.map(square, {1}), hecaton::PoolClosed);
        CHECK_THROWS_AS(pool.apply_async(square, 1), hecaton::PoolClosed);
        CHECK_THROWS_AS(pool.imap(square, {1}), hecaton::PoolClosed);
        pool.close();
        pool.join();
        CHECK(before.get().size() == 100);
        CHECK_THROWS_AS(pool.map(square, {1}), hecaton::PoolClosed);
        pool.join();
    });
}

TEST_CASE("multiprocessing: closing early does not hang") {
    for (int round = 0; round < 5; ++round)
        with_pool({}, {}, [](Pool& pool) {
            (void)pool.map_async(square, numbers(10));
            pool.close();
            pool.join();
        });
}

TEST_CASE("multiprocessing: an imap that nobody iterates to its end keeps no pool open") {
    with_pool({}, {}, [](Pool& pool) {
        auto lazy = pool.imap(square, std::views::iota(0));
        CHECK(*lazy.begin() == 0);
        pool.close();
        pool.join();
        CHECK_THROWS_AS(
            [&] {
                for ([[maybe_unused]] const int x : lazy) continue;
            }(),
            hecaton::TaskCancelled);
    });
}

TEST_CASE("mpi4py.futures: every option of the constructor") {
    const boost::mpi::communicator world;
    static int initialized;
    initialized = 0;
    hecaton::PoolOptions options{.processes = (world.size() + 1) / 2,
                                 .initializer = [] { ++initialized; },
                                 .root_works = false,
                                 .seed = 42,
                                 .root = world.size() - 1};
    with_pool(world, options, [&](Pool& pool) {
        CHECK(pool.size() == (world.size() + 1) / 2);
        CHECK(world.rank() == world.size() - 1);
        const auto seen = pool.map([](int) { return initialized; }, numbers(20));
        CHECK(seen == std::vector<int>(20, 1));
        const auto random = pool.map([](int) { return hecaton::this_task::random()(); }, numbers(3));
        for (std::uint64_t i = 0; i < 3; ++i) CHECK(random[i] == hecaton::RandomStream(42, i)());
        if (pool.size() > 1) CHECK(pool.apply([] { return hecaton::this_worker::rank(); }) != world.rank());
    });
}

TEST_CASE("mpi4py.futures: a failing initializer fails queued and new submissions, repeatably") {
    with_pool({}, {.initializer = [] { throw std::domain_error("no licence"); }}, [](Pool& pool) {
        auto queued = pool.map_async(square, numbers(100));
        CHECK_THROWS_AS(queued.get(), std::domain_error);
        for (int round = 0; round < 3; ++round) {
            CHECK_THROWS_AS(pool.map(square, {1}), std::domain_error);
            CHECK_THROWS_AS(pool.apply_async(square, 1).get(), std::domain_error);
        }
    });
}

TEST_CASE("mpi4py.futures: shutting down drains 50 tasks") {
    with_pool({}, {}, [](Pool& pool) {
        std::vector<hecaton::AsyncResult<int>> results;
        for (int i = 0; i < 50; ++i)
            results.push_back(pool.apply_async(
                [](int x) {
                    std::this_thread::sleep_for(2ms);
                    return x;
                },
                i));
        pool.close();
        pool.join();
        for (int i = 0; i < 50; ++i) {
            REQUIRE(results[static_cast<std::size_t>(i)].ready());
            CHECK(results[static_cast<std::size_t>(i)].get() == i);
        }
    });
}

TEST_CASE("mpi4py.futures: shutting down cancels when asked, and can be repeated") {
    with_pool({}, {}, [](Pool& pool) {
        Gate gate;
        std::vector<hecaton::AsyncResult<void>> results;
        for (int i = 0; i < 200; ++i) results.push_back(pool.apply_async(hecaton::test::wait_at, gate.path()));
        pool.terminate();
        gate.open();
        pool.terminate();
        pool.join();
        pool.join();
        int cancelled = 0;
        for (auto& result : results) cancelled += result.successful() ? 0 : 1;
        CHECK(cancelled > 0);
    });
}

TEST_CASE("mpi4py.futures: several pools at once") {
    const boost::mpi::communicator world;
    const auto half = world.split(world.rank() % 2);
    with_pool(half, {}, [](Pool& pool) {
        for (int round = 0; round < 10; ++round) CHECK(pool.map(square, {1, 2, 3}) == std::vector{1, 4, 9});
    });
}

TEST_CASE("mpi4py.futures: 16 x 128 tasks through one pool") {
    with_pool({}, {}, [](Pool& pool) {
        std::vector<hecaton::AsyncResult<int>> results;
        for (int i = 0; i < 16 * 128; ++i) results.push_back(pool.apply_async(square, i));
        for (int i = 0; i < 16 * 128; ++i) CHECK(results[static_cast<std::size_t>(i)].get() == i * i);
    });
}

TEST_CASE("mpi4py.futures: a root other than 0, a bad root") {
    const boost::mpi::communicator world;
    const int last = world.size() - 1;
    with_pool(world, {.root = last}, [&](Pool& pool) {
        CHECK(world.rank() == last);
        CHECK(pool.map(square, {1, 2}) == std::vector{1, 4});
    });
    CHECK_THROWS_AS(Pool(world, {.root = world.size()}), hecaton::UsageError);
    CHECK_THROWS_AS(Pool(world, {.root = -1}), hecaton::UsageError);
}

TEST_CASE("mpi4py.futures: a communicator of one") {
    const boost::mpi::communicator alone(MPI_COMM_SELF, boost::mpi::comm_duplicate);
    Pool pool(alone);
    CHECK(pool.is_root());
    CHECK(pool.size() == 1);
    CHECK(pool.map(square, {1, 2}) == std::vector{1, 4});
    CHECK(pool.map_async(square, {3}).get() == std::vector{9});
}

TEST_CASE("mpi4py.futures: a communicator is used again, and is the program's own meanwhile") {
    const boost::mpi::communicator world;
    for (int round = 0; round < 3; ++round) {
        Pool pool(world);
        world.barrier();  // the pool has a communicator of its own
        if (pool.is_root()) {
            CHECK(pool.map(square, {5}) == std::vector{25});
            pool.close();
            pool.join();
        } else {
            pool.serve();
        }
        world.barrier();
    }
}

TEST_CASE("a pool that is used inside a task is one clear error") {
    with_pool({}, {}, [](Pool& pool) {
        CHECK_THROWS_WITH(
            pool.apply([] { return Pool(boost::mpi::communicator(MPI_COMM_SELF, boost::mpi::comm_attach)).size(); }),
            ContainsSubstring("inside a task"));
        CHECK(pool.apply(square, 2) == 4);
    });
}

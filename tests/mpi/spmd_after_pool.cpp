// What a pool has given outlives it, and can be asked everything. (Under a sanitizer this shows that nothing of the
// pool's is used.)
#include <boost/mpi/communicator.hpp>
#include <chrono>
#include <hecaton/hecaton.hpp>
#include <optional>
#include <support/catch.hpp>
#include <support/square.hpp>
#include <utility>
#include <vector>

using hecaton::Pool;
using hecaton::test::square;
using namespace std::chrono_literals;

namespace {

const std::vector<int> input{1, 2, 3, 4, 5};
const std::vector<int> squares{1, 4, 9, 16, 25};

// Calls `use` on the root with a pool, and afterwards what it returned.
template <class Use>
void after_pool(bool terminate, Use&& use) {
    std::optional<Pool> pool(std::in_place, boost::mpi::communicator());
    if (!pool->is_root()) {
        pool->serve();
        return;
    }
    auto ask = use(*pool);
    if (terminate) pool->terminate();
    pool.reset();
    ask();
}

}  // namespace

TEST_CASE("an AsyncResult after its pool's end") {
    for (const bool terminate : {false, true})
        after_pool(terminate, [](Pool& pool) {
            return [result = pool.map_async(square, input)] {
                CHECK(result.ready());
                result.wait();
                CHECK(result.wait_for(1h));
                result.cancel();
                bool called = false;
                result.on_complete([&called] { called = true; });
                CHECK(called);
                CHECK(result.report().items <= input.size());  // those that were run
                if (result.successful()) {
                    CHECK(result.report().items == input.size());
                    auto copy = hecaton::wait_any(result);
                    CHECK(copy == 0);
                }
            };
        });
    after_pool(false, [](Pool& pool) {
        return [result = pool.map_async(square, input)]() mutable { CHECK(result.get() == squares); };
    });
}

TEST_CASE("a LazyRange after its pool's end") {
    for (const bool terminate : {false, true})
        for (const bool ordered : {false, true})
            after_pool(terminate, [&](Pool& pool) {
                auto range = ordered ? pool.imap(square, input) : pool.imap_unordered(square, input);
                return [range = std::move(range)]() mutable {
                    std::size_t got = 0;
                    for (auto at = range.begin(); at != range.end(); ++at) {
                        try {
                            static_cast<void>(*at);
                            ++got;
                        } catch (const hecaton::TaskCancelled&) {
                        }
                    }
                    CHECK(got <= input.size());
                    CHECK(range.report().items <= input.size());
                };
            });
}

TEST_CASE("a Shared after its pool's end") {
    after_pool(false, [](Pool& pool) {
        return [shared = pool.broadcast(std::vector<int>{7, 8})] { CHECK_THROWS_AS(*shared, hecaton::UsageError); };
    });
}

TEST_CASE("a pool's options after its end") {
    after_pool(false, [](Pool& pool) {
        return [with = pool.with({.chunk_size = 2})]() mutable {
            CHECK_THROWS_AS(with.map(square, input), hecaton::PoolClosed);
            CHECK_THROWS_AS(with.map_async(square, input), hecaton::PoolClosed);
            CHECK_THROWS_AS(with.imap(square, input), hecaton::PoolClosed);
            CHECK_THROWS_AS(with.apply(square, 1), hecaton::PoolClosed);
        };
    });
}

TEST_CASE("a Process after its pool's end") {
    after_pool(false, [](Pool& pool) {
        hecaton::Process ended(pool, square, 3);
        ended.start();
        hecaton::Process fresh(pool, square, 3);
        return [ended = std::move(ended), fresh = std::move(fresh)]() mutable {
            CHECK_FALSE(ended.is_alive());
            ended.join();
            CHECK(ended.join(1h));
            CHECK(ended.exit_code() == 0);
            CHECK(ended.pid() > 0);
            CHECK(ended.rank() >= 0);
            CHECK_FALSE(ended.host().empty());
            ended.terminate();
            ended.kill();
            CHECK_FALSE(fresh.is_alive());
            CHECK_THROWS_AS(fresh.start(), hecaton::PoolClosed);
            CHECK_THROWS_AS(fresh.join(), hecaton::UsageError);
        };
    });
}

// A lazy call and the end of its pool.
#include <boost/mpi/communicator.hpp>
#include <hecaton/hecaton.hpp>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <support/catch.hpp>
#include <support/events.hpp>
#include <support/square.hpp>
#include <vector>

using hecaton::Pool;
using hecaton::test::square;

namespace {

// Opens a pool over all ranks; `body` runs on the root.
template <class Body>
void on_root(Body body, hecaton::PoolOptions options = {}) {
    Pool pool(boost::mpi::communicator(), std::move(options));
    if (pool.is_root()) {
        body(pool);
    } else {
        pool.serve();
    }
}

// What can be taken from the range before *it throws TaskCancelled; that must be its end.
std::vector<int> until_cancelled(hecaton::LazyRange<int>& results) {
    std::vector<int> got;
    try {
        for (int y : results) got.push_back(y);
        FAIL("the range ended without TaskCancelled");
    } catch (const hecaton::TaskCancelled&) {
    }
    CHECK(results.begin() == results.end());
    return got;
}

}  // namespace

TEST_CASE("a lazy call that was begun before close() goes on to its end") {
    on_root([](Pool& pool) {
        auto results = pool.with({.buffer_size = 3}).imap(square, std::views::iota(0, 100));
        pool.close();
        CHECK_THROWS_AS(pool.imap(square, {1}), hecaton::PoolClosed);
        int i = 0;
        for (int y : results) CHECK(y == square(i++));
        CHECK(i == 100);
        pool.join();
        CHECK(results.report().items == 100);
    });
}

TEST_CASE("join() closes an input where it stands, and what was read can still be taken") {
    for (const bool ordered : {true, false}) {
        std::optional<hecaton::LazyRange<int>> kept;
        on_root([&](Pool& pool) {
            auto eight = pool.with({.buffer_size = 8});
            kept =
                ordered ? eight.imap(square, std::views::iota(0)) : eight.imap_unordered(square, std::views::iota(0));
            CHECK(*kept->begin() >= 0);
            pool.close();
            pool.join();
        });
        if (!kept) continue;
        const auto got = until_cancelled(*kept);  // the pool is gone
        CHECK(got.size() >= 8);
        CHECK(got.size() <= 9);
        if (ordered) CHECK(got[7] == 49);
        CHECK(kept->report().items == got.size());
    }
}

TEST_CASE("the end of a pool's scope does not wait for who never iterates") {
    on_root([](Pool& pool) {
        auto endless = pool.imap(square, std::views::iota(0));
        auto all = pool.imap(square, {1, 2});
        pool.close();
        pool.join();
        CHECK(until_cancelled(endless).size() >= 1);
        int sum = 0;
        for (int y : all) sum += y;
        CHECK(sum == 5);
    });
    on_root([](Pool& pool) { static_cast<void>(pool.imap(square, std::views::iota(0))); });
}

TEST_CASE("terminate() leaves what is ready") {
    on_root([](Pool& pool) {
        hecaton::test::Gate gate;
        const auto f = [](const std::string& closed, int x) {
            if (x >= 3) hecaton::test::wait_at(closed);
            return x;
        };
        auto results = pool.with({.chunk_size = 1, .buffer_size = 100})
                           .imap(hecaton::bind_front(f, gate.path()), std::views::iota(0));
        CHECK(*results.begin() == 0);
        gate.wait_for_arrivals(1);
        pool.terminate();
        gate.open();
        pool.join();
        std::vector<int> got;
        int cancelled = 0;
        for (auto it = results.begin(); it != results.end(); ++it) {
            try {
                got.push_back(*it);
            } catch (const hecaton::TaskCancelled&) {
                ++cancelled;
            }
        }
        CHECK(got.size() < 90);
        CHECK(std::ranges::is_sorted(got));
        CHECK(cancelled >= 1);
        CHECK_THROWS_AS(pool.imap(square, {1}), hecaton::PoolClosed);
    });
}

TEST_CASE("an exception that leaves the body does not wait for a lazy call") {
    try {
        on_root([](Pool& pool) {
            auto endless = pool.imap([](int x) { return x; }, std::views::iota(0));
            throw std::domain_error("out");
        });
    } catch (const std::domain_error&) {
    }
}

TEST_CASE("an initializer that throws is what a lazy call throws") {
    on_root(
        [](Pool& pool) {
            auto results = pool.imap(square, std::views::iota(0));
            auto it = results.begin();
            CHECK_THROWS_AS(*it, std::domain_error);
            ++it;
            CHECK(it == results.end());
            CHECK_THROWS_AS(pool.imap(square, std::views::iota(0)), std::domain_error);  // it has failed for good
        },
        {.initializer = [] { throw std::domain_error("no licence"); }});
}

TEST_CASE("a root that does not work") {
    on_root(
        [](Pool& pool) {
            int i = 0;
            for (int y : pool.imap(square, std::views::iota(0, 1'000))) CHECK(y == square(i++));
            CHECK(i == 1'000);
        },
        {.root_works = false});
}

// Calls that end before all their items were run, over the real driver and workers in one process: for the thread
// sanitizer, and for what only the driver can tell.
#include <atomic>
#include <chrono>
#include <csignal>
#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/calls/arguments.hpp>
#include <hecaton/pool/calls/collectors.hpp>
#include <hecaton/pool/calls/map_job.hpp>
#include <hecaton/pool/traffic/early_ends.hpp>
#include <memory>
#include <numeric>
#include <ranges>
#include <string>
#include <support/catch.hpp>
#include <support/events.hpp>
#include <support/in_process_pool.hpp>
#include <support/lazy_call.hpp>
#include <thread>
#include <vector>

using namespace hecaton;
using namespace std::chrono_literals;
using test::InProcessPool;

namespace {

// As Pool::map makes it; with `lifetime` call, its items are in the caller's memory.
template <detail::Lifetime lifetime, class F>
auto map_job(F f, const std::vector<int>& items, MapOptions options) {
    auto arguments = detail::zip<lifetime>(items);
    using Collector = detail::CollectVector<int>;
    Collector collector(arguments.size());
    return std::make_shared<detail::MapJob<F, decltype(arguments), Collector>>(
        f, std::move(arguments), std::move(collector), std::move(options));
}

std::vector<int> numbers(int n) {
    std::vector<int> result(static_cast<std::size_t>(n));
    std::iota(result.begin(), result.end(), 0);
    return result;
}

std::atomic<int> waiting{0};
std::atomic<bool> open{false};

// Item 0 fails once as many others wait as there are workers besides its own.
template <int others>
int spring(int x) {
    if (x == 0) {
        test::wait_until([] { return waiting.load() >= others; });
        throw std::out_of_range("bad item");
    }
    ++waiting;
    test::wait_until([] { return open.load(); });
    return x;
}

// Handles SIGINT as a program does; Catch has a handler of its own while a case runs.
class UsualInterrupt {
  public:
    UsualInterrupt() {
        detail::forget_interrupts();
        ::sigaction(SIGINT, nullptr, &before_);
        ::signal(SIGINT, SIG_DFL);
    }
    ~UsualInterrupt() { ::sigaction(SIGINT, &before_, nullptr); }

  private:
    struct sigaction before_ {};
};

constexpr auto quick = [](int x) { return x + 1; };

}  // namespace

TEST_CASE("a map stops while others still run its items, which nobody reads any more") {
    for (int round = 0; round < 20; ++round) {
        waiting = 0;
        open = false;
        InProcessPool pool(2);
        {
            auto items = std::make_unique<std::vector<int>>(numbers(100));
            auto job = map_job<detail::Lifetime::call>([](int x) { return spring<2>(x); }, *items,
                                                       {.chunk_size = 1, .on_error = OnError::stop});
            pool.driver().submit(job, false);
            REQUIRE(pool.driver().wait(*job));
            CHECK(!job->successful());
            CHECK_THROWS_AS(job->result(), std::out_of_range);
            CHECK(job->report().items == 1);
        }
        CHECK(!pool.driver().wait_all(std::chrono::steady_clock::now() + 1ms));  // it waits for those that run
        auto next = map_job<detail::Lifetime::detached>(quick, numbers(10), {});
        pool.driver().submit(next, false);
        pool.driver().wait(*next);
        CHECK(next->result()[9] == 10);
        open = true;
        CHECK(pool.driver().wait_all());
        CHECK(waiting == 2);
    }
}

TEST_CASE("many maps in a row stop, in the background and while the caller waits") {
    InProcessPool pool(3);
    for (int round = 0; round < 200; ++round) {
        const auto f = [](int x) { return x % 7 == 6 ? throw std::range_error("6") : x; };
        auto job = map_job<detail::Lifetime::detached>(f, numbers(round), {.on_error = OnError::stop});
        pool.driver().submit(job, round % 2 == 0);
        if (round % 2 == 0) {
            job->wait_until(detail::no_deadline);
        } else {
            pool.driver().wait(*job);
        }
        if (round < 7) {
            CHECK(job->successful());
        } else {
            CHECK_THROWS_AS(job->result(), std::range_error);
        }
    }
}

TEST_CASE("a value that was dropped goes to nobody before those that run have ended") {
    waiting = 0;
    open = false;
    InProcessPool pool(1);
    auto job = map_job<detail::Lifetime::detached>([](int x) { return spring<1>(x); }, numbers(10),
                                                   {.chunk_size = 1, .on_error = OnError::stop});
    pool.driver().submit(job, false);
    pool.driver().wait(*job);
    auto value = std::make_shared<int>(7);
    const std::weak_ptr<int> seen = value;
    pool.driver().drop_shared(99, std::move(value));
    auto next = map_job<detail::Lifetime::detached>(quick, numbers(1'000), {});
    pool.driver().submit(next, false);
    pool.driver().wait(*next);
    CHECK(!seen.expired());
    open = true;
    pool.driver().wait_all();
    auto last = map_job<detail::Lifetime::detached>(quick, numbers(10), {});
    pool.driver().submit(last, false);
    pool.driver().wait(*last);
    CHECK(seen.expired());
}

TEST_CASE("lazy results: the error at its place, whatever the order of arrival, and then the end") {
    InProcessPool pool(2);
    for (int bad = 0; bad < 40; ++bad) {
        CAPTURE(bad);
        const auto f = [bad](int x) { return x >= bad && x % 3 == bad % 3 ? throw std::out_of_range("x") : x; };
        auto results = test::lazy(pool, f, std::views::iota(0), true, {.chunk_size = 1, .on_error = OnError::stop});
        int next = 0;
        bool thrown = false;
        for (auto it = results.begin(); it != results.end(); ++it, ++next) {
            try {
                const int value = *it;  // not inside CHECK, which takes what is thrown
                CHECK(value == next);
            } catch (const std::out_of_range&) {
                if (!thrown) CHECK(next == bad);
                thrown = true;
            } catch (const TaskCancelled&) {
                CHECK(next > bad);
            }
        }
        CHECK(thrown);
    }
}

TEST_CASE("a Ctrl-C ends the lazy results that have asked for it, while they are read, computed and yielded") {
    InProcessPool pool(2);
    for (int round = 0; round < 20; ++round) {
        const UsualInterrupt usual;
        auto results =
            test::lazy(pool, quick, std::views::iota(0), round % 2 == 0, {.name = "s", .keep_on_interrupt = true});
        int seen = 0;
        for (auto it = results.begin(); it != results.end(); ++it) {
            try {
                static_cast<void>(*it);
                if (++seen == 100 * round + 1) ::raise(SIGINT);
            } catch (const TaskCancelled&) {  // it was not run
            }
        }
        CHECK(seen > 100 * round);
    }
}

TEST_CASE("what is said after a Ctrl-C") {
    using detail::interrupted_line;
    CHECK(interrupted_line("sweep", {.items = 1000, .done_before = 12, .finished = 800}, true) ==
          "interrupted: 812 of 1000 items of \"sweep\" are done and are returned; press Ctrl-C again to end it");
    CHECK(interrupted_line("", {.open = true, .items = 9, .finished = 5}, false) ==
          "interrupted: 5 items of a call without a name are done, and the call throws hecaton::TaskCancelled; press "
          "Ctrl-C again to end it");
}

// Items in sandboxes, through the driver and its workers in one process, without MPI: what a crash costs.
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/calls/fold_job.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <support/catch.hpp>
#include <support/events.hpp>
#include <support/sandboxed_pool.hpp>
#include <support/sanitizer.hpp>
#include <thread>
#include <vector>

using namespace hecaton;
using namespace hecaton::test;
using namespace std::chrono_literals;

namespace {

// Deep enough for any stack, and not to be optimised away.
volatile bool deeper = true;
int overflow(const volatile int* last) {
    volatile int here[1'024];
    here[0] = last != nullptr ? last[0] + 1 : 0;
    return deeper ? overflow(here) + here[0] : 0;
}

}  // namespace

TEST_CASE("without a crash the results are as ever") {
    for (const int others : {0, 2}) {
        SandboxedPool pool(others);
        for (const std::size_t chunk : {0U, 1U, 7U, 10'000U}) {
            CAPTURE(others, chunk);
            const auto squares =
                map(pool, [](int x) { return x * x; }, numbers(2'000), {.chunk_size = chunk, .isolate = true});
            for (std::size_t i = 0; i < squares.size(); ++i) REQUIRE(squares[i] == static_cast<int>(i * i));
        }
        std::vector<std::string> words;
        for (int i = 0; i < 500; ++i) words.push_back("w" + std::to_string(i));
        const auto twice = map(
            pool, [](const std::string& w) { return w + w; }, words);
        for (std::size_t i = 0; i < words.size(); ++i) REQUIRE(twice[i] == words[i] + words[i]);
        map(
            pool, [](int) {}, numbers(100));
    }
}

TEST_CASE("a crash costs its own item, which is run three times; the others are run once") {
    for (const int others : {0, 1}) {
        for (const std::size_t chunk : {0U, 1U, 4U, 100U}) {
            CAPTURE(others, chunk);
            SandboxedPool pool(others);
            const auto all = outcomes(pool, crash_at_3, numbers(20), {.chunk_size = chunk, .isolate = true});
            for (std::size_t i = 0; i < all.size(); ++i) {
                CAPTURE(i);
                CHECK(all[i].index == i);
                CHECK(all[i].attempts == (i == 3 ? 3U : 1U));
                if (i != 3) CHECK(all[i].value() == static_cast<int>(i * i));
            }
            CHECK(error_of(all, 3) == "killed by SIGSEGV (Segmentation fault) in each of 3 runs");
            CHECK_THROWS_AS(all[3].value(), WorkerLost);
            CHECK(all[3].error().index() == 3);
            CHECK_THROWS_AS(map(pool, crash_at_3, numbers(20)), WorkerLost);
            CHECK(map(pool, crash_at_3, numbers(3)) == std::vector{0, 1, 4});
        }
    }
}

TEST_CASE("all the ways to die are named") {
    SandboxedPool pool(1);
    const auto die = [](int how) {
        if (how == 0) std::abort();
        if (how == 1) std::exit(3);
        if (how == 2) ::_exit(4);
        if (how == 3) ::raise(SIGKILL);
        if (how == 4) return overflow(nullptr);
        if (how == 5) ::raise(SIGTERM);
        if (how == 6) std::quick_exit(0);
        if (how == 7)
            [](int thrown) noexcept {
                static_cast<void>(std::vector<int>().at(static_cast<std::size_t>(thrown)));
            }(how);
        return how;
    };
    const auto all = outcomes(pool, die, numbers(9), {.attempts = 1, .isolate = true});
    CHECK(error_of(all, 0) == "killed by SIGABRT (Aborted)");
    CHECK(error_of(all, 1) == "exited with status 3 in the middle of the item");
    CHECK(error_of(all, 2) == "exited with status 4 in the middle of the item");
    CHECK(error_of(all, 3) == "killed by SIGKILL, perhaps by the out-of-memory killer");
    CHECK(error_of(all, 4) == "killed by SIGSEGV (Segmentation fault)");
    CHECK(error_of(all, 5) == "killed by SIGTERM (Terminated)");
    CHECK(error_of(all, 6) == "exited with status 0 in the middle of the item");
    CHECK(error_of(all, 7) == "killed by SIGABRT (Aborted)");
    CHECK(all[8].value() == 8);
    for (const auto& each : all) CHECK(each.attempts == 1);
}

TEST_CASE("an item that crashes at first is well in the end") {
    SandboxedPool pool(1);
    const auto fragile = [](int x) {
        if (x % 5 == 2 && this_task::attempt() == 1) std::abort();
        if (x % 5 == 4 && this_task::attempt() < 3) ::_exit(1);
        return 100 * x + static_cast<int>(this_task::attempt());
    };
    const auto all = outcomes(pool, fragile, numbers(20));
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::uint32_t runs = i % 5 == 2 ? 2 : i % 5 == 4 ? 3 : 1;
        CHECK(all[i].attempts == runs);
        CHECK(all[i].value() == static_cast<int>(100 * i + runs));
    }
    const auto changing = [](int) {
        if (this_task::attempt() == 1) std::abort();
        std::exit(7);
    };
    CHECK(error_of(outcomes(pool, changing, numbers(1)), 0) ==
          "exited with status 7 in the middle of the item in the last of 3 runs");
}

TEST_CASE("framed items and results, errors among them, survive crashes") {
    SandboxedPool pool(1);
    std::vector<std::string> words;
    for (int i = 0; i < 60; ++i) words.push_back(std::string(static_cast<std::size_t>(i), 'x'));
    const auto f = [](const std::string& word) -> std::string {
        if (word.size() % 20 == 7) std::abort();
        if (word.size() % 20 == 8) throw std::range_error("eight");
        return word + "!";
    };
    for (const std::size_t chunk : {0U, 3U, 60U}) {
        const auto all = outcomes(pool, f, words, {.chunk_size = chunk, .attempts = 2, .isolate = true});
        for (std::size_t i = 0; i < words.size(); ++i) {
            CAPTURE(i);
            if (i % 20 == 7) {
                CHECK(error_of(all, i) == "killed by SIGABRT (Aborted) in each of 2 runs");
            } else if (i % 20 == 8) {
                CHECK_THROWS_AS(all[i].value(), std::range_error);
            } else {
                CHECK(all[i].value() == words[i] + "!");
            }
        }
    }
}

TEST_CASE("large items and results, with crashes between them") {
    SandboxedPool pool(1);
    const std::vector<std::vector<double>> items(6, std::vector<double>(500'000, 0.5));
    const auto f = [](std::vector<double> values) {
        if (this_task::index() == 2) std::abort();
        values[0] = static_cast<double>(this_task::index());
        return values;
    };
    const auto all = outcomes(pool, f, items, {.chunk_size = 3, .isolate = true});
    for (std::size_t i = 0; i < all.size(); ++i) {
        CHECK(all[i].has_value() == (i != 2));
        if (i != 2) CHECK((all[i].value().size() == 500'000 && all[i].value()[0] == static_cast<double>(i)));
    }
}

TEST_CASE("memory that is not there is an exception, not a crash") {
    SandboxedPool pool(0);
    const auto hungry = [](int x) {
        if (x == 1) {
            rlimit limit{};
            ::getrlimit(RLIMIT_AS, &limit);
            limit.rlim_cur = 1UL << 30U;
            ::setrlimit(RLIMIT_AS, &limit);
            std::vector<char> large(4UL << 30U);
            return static_cast<int>(large[static_cast<std::size_t>(x)]);
        }
        return x;
    };
    if constexpr (test::sanitized) return;  // a sanitizer needs more than any limit
    const auto all = outcomes(pool, hungry, numbers(3));
    CHECK_THROWS_AS(all[1].value(), std::bad_alloc);
    CHECK(all[2].value() == 2);
}

TEST_CASE("a job is cancelled behind the current item") {
    SandboxedPool pool(1);
    const Gate gate;
    auto arguments = arguments_of(std::vector<std::string>(10'000, gate.path()));
    const auto nap = [](const std::string& passed) {
        pass(passed);
        std::this_thread::sleep_for(5ms);
    };
    using Job = detail::MapJob<std::decay_t<decltype(nap)>, decltype(arguments), detail::CollectNothing>;
    auto job = std::make_shared<Job>(nap, std::move(arguments), detail::CollectNothing(10'000),
                                     MapOptions{.chunk_size = 5'000, .isolate = true});
    pool.driver().submit(job, true);
    gate.wait_for_arrivals(2);
    pool.driver().cancel(job);
    pool.driver().wait(*job);
    CHECK_THROWS_AS(job->result(), TaskCancelled);
    CHECK(map(pool, crash_at_3, numbers(3)) == std::vector{0, 1, 4});
    CHECK(gate.arrivals() < 10'000);
}

TEST_CASE("a chunk that one worker sits on is shared with idle ones") {
    SandboxedPool pool(1);
    // Items take time until both workers have begun one.
    const Gate begun;
    const auto rank = [](const std::string& passed) {
        static int items = 0;
        static bool both = false;
        if (items++ == 0) pass(passed);
        if (!both) std::this_thread::sleep_for(1ms);
        both = both || std::distance(std::filesystem::directory_iterator(passed), {}) == 2;
        return this_worker::rank();
    };
    const auto ranks =
        map(pool, rank, std::vector<std::string>(50'000, begun.path()), {.chunk_size = 100'000, .isolate = true});
    CHECK(std::count(ranks.begin(), ranks.end(), 0) > 0);
    CHECK(std::count(ranks.begin(), ranks.end(), 1) > 0);
}

namespace {
template <class F>
auto fold(InProcessPool& pool, F f, int items, MapOptions options) {
    auto arguments = arguments_of(numbers(items));
    const auto add = [](double a, double b) { return a + b; };
    auto job = std::make_shared<detail::FoldJob<F, std::decay_t<decltype(add)>, double, decltype(arguments)>>(
        f, add, 0.1, std::move(arguments), std::move(options));
    pool.driver().submit(job, false);
    pool.driver().wait(*job);
    return job->result();
}
}  // namespace

TEST_CASE("map_reduce gives the same digits, and a crash costs its item") {
    SandboxedPool pool(2);
    const auto f = [](int x) { return std::sin(x) * 1e-3; };
    for (const int items : {1, 100, 20'000}) CHECK(fold(pool, f, items, {.isolate = true}) == fold(pool, f, items, {}));
    const auto fragile = [](int x) {
        if (x % 4'000 == 77 && this_task::attempt() == 1) std::abort();
        return std::sin(x) * 1e-3;
    };
    CHECK(fold(pool, fragile, 20'000, {.isolate = true}) == fold(pool, f, 20'000, {}));
    const auto broken = [](int x) {
        if (x == 500 || x == 700) std::abort();
        return 1.0;
    };
    try {
        fold(pool, broken, 20'000, {.attempts = 2, .isolate = true});
        FAIL("no error");
    } catch (const WorkerLost& error) {
        CHECK(error.index() == 500);
        CHECK(error.text() == "killed by SIGABRT (Aborted) in each of 2 runs");
    }
}

// The calls of multiprocessing.Pool: apply, map, starmap, their async forms, callbacks.
#include <atomic>
#include <chrono>
#include <mpi/pool_under_test.hpp>
#include <numeric>
#include <stdexcept>
#include <string>
#include <support/events.hpp>
#include <support/square.hpp>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace std::string_literals;
using hecaton::test::Gate;
using hecaton::test::square;
using hecaton::test::wait_at;
using hecaton::test::wait_until;

namespace {

using Clock = std::chrono::steady_clock;

int add(int a, int b) { return a + b; }

std::vector<int> numbers(int n) {
    std::vector<int> result(static_cast<std::size_t>(n));
    std::iota(result.begin(), result.end(), 0);
    return result;
}
std::vector<int> squares(int n) {
    std::vector<int> result;
    for (const int x : numbers(n)) result.push_back(x * x);
    return result;
}

// Counts the objects that are alive on this rank.
struct Counted {
    static inline std::atomic<int> alive{0};
    Counted() { ++alive; }
    Counted(const Counted&) { ++alive; }
    Counted& operator=(const Counted&) = default;
    ~Counted() { --alive; }
    template <class Archive>
    void serialize(Archive&, unsigned) {}
};

struct Unsendable {
    std::string keeps_it_from_being_bytes;
    template <class Archive>
    void serialize(Archive&, unsigned) {
        if (Archive::is_saving::value) throw std::runtime_error("cannot be serialised");
    }
};

}  // namespace

TEST_CASE("multiprocessing: apply calls a function with its arguments") {
    CHECK(pool().apply(square, 5) == 25);
    CHECK(pool().apply(add, 2, 3) == 5);
    CHECK(pool().apply([] { return "none"s; }) == "none");
}

TEST_CASE("multiprocessing: map gives what a plain loop gives, with and without a chunk size") {
    CHECK(pool().map(square, numbers(10)) == squares(10));
    CHECK(pool().map(square, numbers(100)) == squares(100));
    CHECK(pool().with({.chunk_size = 20}).map(square, numbers(100)) == squares(100));
}

TEST_CASE("multiprocessing: starmap gives what a plain loop gives, with and without a chunk size") {
    std::vector<std::tuple<int, int>> pairs;
    std::vector<int> sums;
    for (const int x : numbers(100)) {
        pairs.emplace_back(x, x + 1);
        sums.push_back(2 * x + 1);
    }
    CHECK(pool().starmap(add, pairs) == sums);
    CHECK(pool().with({.chunk_size = 20}).starmap(add, pairs) == sums);
}

TEST_CASE("multiprocessing: the async forms give what the blocking ones give") {
    CHECK(pool().apply_async(square, 7).get() == 49);
    CHECK(pool().map_async(square, numbers(1000)).get() == squares(1000));
    CHECK(pool().starmap_async(add, {std::tuple(1, 2), std::tuple(3, 4)}).get() == std::vector{3, 7});
}

TEST_CASE("multiprocessing: a callback is called once, a failed call says so to it") {
    std::atomic<int> calls{0};
    auto good = pool().map_async(square, numbers(10));
    auto bad = pool().map_async([](int x) { return x == 3 ? throw std::domain_error("three") : x; }, numbers(10));
    std::atomic<int> good_results{0};
    std::atomic<int> errors{0};
    good.on_complete([&] {
        if (good.successful()) ++good_results;
        ++calls;
    });
    bad.on_complete([&] {
        if (!bad.successful()) ++errors;
        ++calls;
    });
    wait_until([&] { return calls == 2; });
    CHECK(calls == 2);
    CHECK(good_results == 1);
    CHECK(errors == 1);
}

TEST_CASE("multiprocessing: a value that cannot be serialised raises and does not hang") {
    CHECK_THROWS_AS(pool().map([](const Unsendable&) { return 1; }, std::vector<Unsendable>(3)), std::runtime_error);
    CHECK_THROWS_AS(pool().apply([](const Unsendable&) { return 1; }, Unsendable()), std::runtime_error);
    CHECK_THROWS_AS(pool().apply_async([](const Unsendable&) { return 1; }, Unsendable()).get(), std::runtime_error);
    const int* address = std::make_unique<int>(1).release();
    CHECK_THROWS_AS(pool().map([address](int x) { return x + *address; }, {1}), hecaton::UsageError);
    delete address;
}

TEST_CASE("multiprocessing: an empty input does not stall, in any form") {
    const std::vector<int> none;
    CHECK(pool().map(square, none).empty());
    CHECK(pool().map_async(square, none).get().empty());
    CHECK(pool().starmap(add, std::vector<std::tuple<int, int>>()).empty());
    CHECK(pool().map_outcomes(square, none).empty());
    CHECK(pool().map_reduce(square, std::plus<>(), 3, none) == 3);
    for ([[maybe_unused]] const int x : pool().imap(square, none)) FAIL("there was no item");
    for ([[maybe_unused]] const int x : pool().imap_unordered(square, none)) FAIL("there was no item");
}

TEST_CASE("multiprocessing: map over an input that throws raises its error as it is; the pool is reusable") {
    auto input = std::views::iota(0, 20) | std::views::transform([](int i) {
                     if (i == 10) throw std::length_error("ten");
                     return i;
                 });
    for (const std::size_t chunk : {0U, 1U, 3U}) {
        CHECK_THROWS_AS(pool().with({.chunk_size = chunk}).map(square, input), std::length_error);
        CHECK_THROWS_WITH(pool().with({.chunk_size = chunk}).map_async(square, input), "ten");
    }
    CHECK(pool().map(square, numbers(10)) == squares(10));
}

TEST_CASE("multiprocessing: get waits, a timeout comes on time") {
    Gate gate;
    auto result = pool().apply_async(
        [](const std::string& closed) {
            wait_at(closed);
            return 1;
        },
        gate.path());
    const auto begin = Clock::now();
    CHECK(!result.wait_for(30ms));
    CHECK(Clock::now() - begin >= 30ms);
    gate.open();
    CHECK(result.get() == 1);
}

TEST_CASE("multiprocessing: the remote error's text and type are kept") {
    try {
        pool().map([](int x) { return x == 2 ? throw std::invalid_argument("not two") : x; }, numbers(5));
        FAIL("nothing was thrown");
    } catch (const std::invalid_argument& error) {
        CHECK(error.what() == "not two"s);
        const auto* task = dynamic_cast<const hecaton::TaskError*>(&error);
        REQUIRE(task != nullptr);
        CHECK(task->type_name() == "std::invalid_argument");
        CHECK(task->index() == 2);
    }
}

TEST_CASE("multiprocessing: map does not fail fast, it waits for all items") {
    const auto begin = Clock::now();
    CHECK_THROWS_AS(pool()
                        .with({.chunk_size = 1})
                        .map(
                            [](int x) {
                                if (x == 0) throw std::runtime_error("at once");
                                std::this_thread::sleep_for(200ms);
                                return x;
                            },
                            std::vector{0, 1}),
                    std::runtime_error);
    CHECK(Clock::now() - begin >= 200ms);
}

TEST_CASE("multiprocessing: huge errors do not deadlock") {
    const auto outcomes =
        pool()
            .with({.chunk_size = 1})
            .map_outcomes([](int) -> int { throw std::runtime_error(std::string(1 << 20, 'e')); }, numbers(8));
    for (const auto& outcome : outcomes) CHECK(outcome.error().text().size() == 1 << 20);
    CHECK_THROWS_WITH(pool().apply([]() -> int { throw std::runtime_error(std::string(8 << 20, 'e')); }),
                      std::string(8 << 20, 'e'));
}

TEST_CASE("multiprocessing: arguments and results are released") {
    {
        auto result = pool().map_async([](const Counted&) { return Counted(); }, std::vector<Counted>(50));
        result.wait();
        CHECK(Counted::alive <= 50);  // the results: the arguments are gone although they were the call's own
    }
    CHECK(Counted::alive == 0);
}

TEST_CASE("multiprocessing: a result that cannot be serialised fails that item, and the workers survive, 20 times") {
    for (int round = 0; round < 20; ++round) {
        CHECK_THROWS_AS(pool().apply([] { return Unsendable(); }), std::runtime_error);
        CHECK(pool().apply(square, round) == round * round);
    }
}

TEST_CASE("multiprocessing: tasks may run in any number of threads of the body") {
    std::atomic<int> good{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&good] {
            if (pool().map(square, numbers(100)) == squares(100)) ++good;
        });
    for (auto& thread : threads) thread.join();
    CHECK(good == 4);
}

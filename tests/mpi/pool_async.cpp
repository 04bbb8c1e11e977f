// The async forms.
#include <atomic>
#include <chrono>
#include <functional>
#include <limits>
#include <mpi/pool_under_test.hpp>
#include <stdexcept>
#include <string>
#include <support/events.hpp>
#include <support/square.hpp>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using hecaton::test::Gate;
using hecaton::test::square;
using hecaton::test::wait_at;

namespace {
int slow_square(int x) {
    std::this_thread::sleep_for(10ms);
    return x * x;
}
}  // namespace

TEST_CASE("the async forms give what the blocking ones give") {
    auto mapped = pool().map_async(square, std::vector{1, 2, 3});
    auto starred = pool().starmap_async([](int a, int b) { return a + b; }, {std::tuple(1, 2)});
    auto applied = pool().apply_async([](const std::string& s) { return s + "!"; }, "hi");
    auto nothing = pool().map_async([](int) {}, {1, 2});
    CHECK(mapped.get() == std::vector{1, 4, 9});
    CHECK(mapped.get() == std::vector{1, 4, 9});
    CHECK(starred.get() == std::vector{3});
    CHECK(applied.get() == "hi!");
    nothing.get();
    CHECK(pool().apply_async(square, 5).get() == 25);
    CHECK(mapped.ready());
    CHECK(mapped.successful());
    CHECK(mapped.report().items == 3);
}

TEST_CASE("async calls own their input") {
    auto result = [] {
        std::vector<std::string> words(100, "gone");
        std::vector<const char*> literals{"a", "b"};
        return std::pair(pool().map_async([](const std::string& s) { return s.size(); }, words),
                         pool().map_async([](const std::string& s) { return s; }, literals));
    }();
    CHECK(result.first.get() == std::vector<std::size_t>(100, 4));
    CHECK(result.second.get() == std::vector<std::string>{"a", "b"});
}

TEST_CASE("the workers go on while the root is busy elsewhere") {
    auto result = pool()
                      .with({.chunk_size = 1})
                      .map_async(slow_square, std::vector<int>(20 * static_cast<std::size_t>(pool().size()), 3));
    volatile double sink = 0;
    while (!result.ready()) sink = sink + 1;  // which is no pool call that waits
    CHECK(result.get().size() == 20 * static_cast<std::size_t>(pool().size()));
}

TEST_CASE("wait_for comes back on time") {
    Gate gate;
    auto result = pool().map_async(wait_at, {gate.path()});
    CHECK(!result.wait_for(50ms));
    gate.open();
    CHECK(result.wait_for(1h));
    CHECK(result.successful());
}

TEST_CASE("an async error is kept until it is asked for, any number of times") {
    auto result = pool().map_async([](int x) { return x == 2 ? throw std::domain_error("two") : x; }, {1, 2});
    result.wait();
    CHECK(!result.successful());
    CHECK_THROWS_AS(result.get(), std::domain_error);
    CHECK_THROWS_AS(result.get(), std::domain_error);
}

TEST_CASE("cancelled items never start") {
    Gate gate;
    auto result = pool().with({.chunk_size = 1}).map_async(wait_at, std::vector<std::string>(10'000, gate.path()));
    gate.wait_for_arrivals(1);
    result.cancel();
    gate.open();  // what has started goes on to its end
    CHECK_THROWS_AS(result.get(), hecaton::TaskCancelled);
    CHECK(pool().map(square, {3}) == std::vector{9});
    CHECK(gate.arrivals() < 10'000);
}

TEST_CASE("callbacks run once, and may not call the pool") {
    std::atomic<int> calls{0};
    std::atomic<bool> refused{false};
    auto result = pool().map_async(square, {1, 2, 3});
    result.on_complete([&] {
        ++calls;
        try {
            pool().map(square, {1});
        } catch (const hecaton::UsageError&) {
            refused = true;
        }
    });
    result.wait();
    while (calls == 0) std::this_thread::yield();
    CHECK(calls == 1);
    CHECK(refused);
    result.on_complete([&] { ++calls; });
    CHECK(calls == 2);
}

TEST_CASE("a callback that throws, is empty or calls the pool disturbs nothing") {
    const std::vector<std::function<void()>> callbacks{
        [] { throw std::runtime_error("thrown by the callback"); },
        [] { throw 3; },
        {},
        [] { pool().map(square, {1}); },
    };
    for (const auto& callback : callbacks) {
        std::vector<hecaton::AsyncResult<std::vector<int>>> results;
        results.push_back(pool().map_async(square, {1, 2}));
        results.push_back(pool().map_async(square, std::vector<int>(40, 3)));
        std::atomic<bool> second{false};
        results[0].on_complete(callback);
        results[0].on_complete([&] { second = true; });
        CHECK(hecaton::wait_any(results, 60s).has_value());
        CHECK(results[0].get() == std::vector{1, 4});
        CHECK(results[1].get() == std::vector<int>(40, 9));
        while (!second) std::this_thread::yield();
        results[0].on_complete(callback);  // at once
        std::size_t completed = 0;
        for (auto& result : hecaton::as_completed(results)) completed += result.get().size();
        CHECK(completed == 42);
    }
}

TEST_CASE("a wait of any length is no wait in the past") {
    const auto result = pool().map_async(slow_square, {1, 2, 3});
    CHECK(result.wait_for(std::chrono::hours::max()));
    std::vector<hecaton::AsyncResult<std::vector<int>>> others;
    others.push_back(pool().map_async(slow_square, {1, 2, 3}));
    CHECK(hecaton::wait_all(others, std::chrono::duration<double>(std::numeric_limits<double>::infinity())));
}

TEST_CASE("a thousand results that nobody keeps") {
    for (int i = 0; i < 1'000; ++i) (void)pool().apply_async(square, i);
    CHECK(pool().apply(square, 3) == 9);
}

// The async forms.
#include <atomic>
#include <chrono>
#include <mpi/pool_under_test.hpp>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {
int square(int x) { return x * x; }
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

namespace {
// Counts the objects that are alive on this rank.
struct Counted {
    static inline std::atomic<int> alive{0};
    int value = 0;
    explicit Counted(int v = 0) : value(v) { ++alive; }
    Counted(const Counted& other) : value(other.value) { ++alive; }
    Counted& operator=(const Counted&) = default;
    ~Counted() { --alive; }
    template <class Archive>
    void serialize(Archive& archive, unsigned) {
        archive& value;
    }
};
}  // namespace

TEST_CASE("arguments are released when the call is done, although its result is kept") {
    auto result = pool().map_async([](const Counted& c) { return c.value; }, std::vector<Counted>(100));
    result.wait();
    CHECK(Counted::alive == 0);
    CHECK(result.get().size() == 100);
}

TEST_CASE("the workers go on while the root is busy elsewhere") {
    auto result = pool()
                      .with({.chunk_size = 1})
                      .map_async(slow_square, std::vector<int>(20 * static_cast<std::size_t>(pool().size()), 3));
    const auto end = Clock::now() + 3s;  // 0.2 s of work for each worker; no pool call meanwhile
    volatile double sink = 0;
    while (!result.ready() && Clock::now() < end) sink = sink + 1;
    CHECK(result.ready());
    CHECK(result.get().size() == 20 * static_cast<std::size_t>(pool().size()));
}

TEST_CASE("wait_for comes back on time") {
    auto result = pool().map_async([](int) { std::this_thread::sleep_for(300ms); }, {1});
    const auto begin = Clock::now();
    CHECK(!result.wait_for(50ms));
    CHECK(Clock::now() - begin < 250ms);
    CHECK(result.wait_for(10s));
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
    std::vector<int> many(10'000, 1);
    auto result = pool().with({.chunk_size = 1}).map_async([](int) { std::this_thread::sleep_for(5ms); }, many);
    std::this_thread::sleep_for(20ms);
    result.cancel();
    const auto begin = Clock::now();
    CHECK_THROWS_AS(result.get(), hecaton::TaskCancelled);
    CHECK(Clock::now() - begin < 5s);
    CHECK(pool().map(square, {3}) == std::vector{9});
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

TEST_CASE("thousands of calls at once, and dropped results") {
    std::vector<hecaton::AsyncResult<int>> results;
    for (int i = 0; i < 5'000; ++i) results.push_back(pool().apply_async(square, i));
    for (int i = 0; i < 1'000; ++i) pool().apply_async(square, i);
    for (int i = 0; i < 5'000; ++i) CHECK(results[static_cast<std::size_t>(i)].get() == i * i);
}

TEST_CASE("several threads may use one pool") {
    std::vector<std::thread> threads;
    std::atomic<int> good{0};
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&good, t] {
            for (int round = 0; round < 20; ++round)
                if (pool().map([t](int x) { return x + t; }, {1, 2, 3}) == std::vector{1 + t, 2 + t, 3 + t}) ++good;
        });
    for (auto& thread : threads) thread.join();
    CHECK(good == 80);
}

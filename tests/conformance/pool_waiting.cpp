// Waiting for several results, as concurrent.futures and mpi4py.futures have it; chunk sizes.
#include <chrono>
#include <mpi/pool_under_test.hpp>
#include <numeric>
#include <stdexcept>
#include <support/events.hpp>
#include <support/square.hpp>
#include <vector>

using namespace std::chrono_literals;
using hecaton::AsyncResult;
using hecaton::test::Gate;
using hecaton::test::square;
using hecaton::test::wait_at;

namespace {

using Clock = std::chrono::steady_clock;

int after_gate(const std::string& gate, int number) {
    wait_at(gate);
    return number;
}
int fail(int) { throw std::domain_error("always"); }

}  // namespace

TEST_CASE("mpi4py.futures: wait for the first") {
    Gate gate;
    std::vector<AsyncResult<int>> results;
    results.push_back(pool().apply_async(after_gate, gate.path(), 0));
    results.push_back(pool().apply_async(square, 3));
    if (pool().size() == 1) gate.open();  // one rank takes them in order
    const std::size_t first = hecaton::wait_any(results);
    CHECK(results.at(first).ready());
    if (pool().size() > 1) CHECK(first == 1);
    gate.open();
    hecaton::wait_all(results);
    CHECK(hecaton::wait_any(results) == 0);
    CHECK(hecaton::wait_any(results[1], results[0]) == 0);
    CHECK_THROWS_AS(hecaton::wait_any(std::vector<AsyncResult<int>>()), hecaton::UsageError);
}

TEST_CASE("mpi4py.futures: wait for the first error") {
    std::vector<AsyncResult<int>> results;
    results.push_back(pool().apply_async(square, 1));
    results.push_back(pool().apply_async(fail, 1));
    results.push_back(pool().apply_async(square, 2));
    CHECK(hecaton::wait_any_error(results) == 1U);
    results.erase(results.begin() + 1);
    CHECK(hecaton::wait_any_error(results) == std::nullopt);
    CHECK(hecaton::wait_any_error(std::vector<AsyncResult<int>>()) == std::nullopt);
}

TEST_CASE("mpi4py.futures: wait for all, of any types") {
    auto number = pool().apply_async(square, 20);
    auto text = pool().map_async([](int x) { return std::to_string(x); }, {1, 2});
    hecaton::wait_all(number, text);
    CHECK(number.ready());
    CHECK(text.ready());
    hecaton::wait_all(std::vector<AsyncResult<int>>());
}

TEST_CASE("mpi4py.futures: waiting has a timeout") {
    Gate gate;
    std::vector<AsyncResult<int>> results;
    for (int i = 0; i < pool().size(); ++i) results.push_back(pool().apply_async(after_gate, gate.path(), i));
    const auto begin = Clock::now();
    CHECK(hecaton::wait_any(results, 20ms) == std::nullopt);
    CHECK(!hecaton::wait_all(results, 20ms));
    CHECK(hecaton::wait_any_error(results, 20ms) == std::nullopt);
    CHECK(Clock::now() - begin >= 60ms);
    gate.open();
    CHECK(hecaton::wait_all(results, 1h));
    CHECK(hecaton::wait_any(results, 0s) == 0U);
}

TEST_CASE("mpi4py.futures: results as they are completed") {
    std::vector<Gate> gates(3);
    std::vector<AsyncResult<int>> results;
    for (int i = 0; i < 3; ++i)
        results.push_back(pool().apply_async(after_gate, gates[static_cast<std::size_t>(i)].path(), i));
    const bool one_each = pool().size() >= 3;
    for (auto& gate : gates)
        if (!one_each) gate.open();
    gates[1].open();
    std::vector<int> order;
    for (auto& result : hecaton::as_completed(results)) {
        order.push_back(result.get());
        gates[order.size() == 1 ? 2 : 0].open();
    }
    REQUIRE(order.size() == 3);
    if (one_each) CHECK(order == std::vector{1, 2, 0});
    std::ranges::sort(order);
    CHECK(order == std::vector{0, 1, 2});
    int again = 0;
    for (auto& result : hecaton::as_completed(results)) again += 1 + result.get();  // all are ready by now
    CHECK(again == 6);
    std::vector<AsyncResult<int>> none;
    for ([[maybe_unused]] auto& result : hecaton::as_completed(none)) FAIL("there was none");
}

TEST_CASE("many thousand results outstanding at once, taken as they are completed") {
    constexpr int many = 5'000;
    std::vector<AsyncResult<int>> results;
    for (int i = 0; i < many; ++i) results.push_back(pool().apply_async(square, i));
    std::int64_t sum = 0;
    int taken = 0;
    for (auto& result : hecaton::as_completed(results)) {
        sum += result.get();
        ++taken;
    }
    CHECK(taken == many);
    CHECK(sum == std::int64_t{many - 1} * many * (2 * many - 1) / 6);
}

TEST_CASE("a cancelled call counts as completed, with an error") {
    Gate gate;
    std::vector<AsyncResult<std::vector<int>>> results;
    results.push_back(pool()
                          .with({.chunk_size = 1})
                          .map_async(hecaton::bind_front(after_gate, gate.path()), std::vector<int>(1'000, 5)));
    results.front().cancel();
    gate.open();
    CHECK(hecaton::wait_any_error(results) == 0U);
    CHECK_THROWS_AS(results.front().get(), hecaton::TaskCancelled);
}

TEST_CASE("mpi4py.futures: chunk sizes below, at and above the length, and -1") {
    std::vector<int> input(20);
    std::iota(input.begin(), input.end(), 0);
    std::vector<int> expected;
    for (const int x : input) expected.push_back(x * x);
    for (const std::size_t chunk : {1U, 19U, 20U, 21U, 1'000U})
        CHECK(pool().with({.chunk_size = chunk}).map(square, input) == expected);
    CHECK_THROWS_AS(pool().with({.chunk_size = static_cast<std::size_t>(-1)}), hecaton::UsageError);
    CHECK_THROWS_AS(pool().with({.buffer_size = static_cast<std::size_t>(-1)}), hecaton::UsageError);
}

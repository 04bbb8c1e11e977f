// MapOptions::cost: the longest go first, and nothing else is different.
#include <algorithm>
#include <cstdlib>
#include <functional>
#include <limits>
#include <mpi/pool_under_test.hpp>
#include <numeric>
#include <ranges>
#include <string>
#include <support/square.hpp>
#include <thread>
#include <utility>
#include <vector>

using namespace std::string_literals;
using hecaton::test::square;

namespace {

std::vector<int> numbers(int n) {
    std::vector<int> result(static_cast<std::size_t>(n));
    std::iota(result.begin(), result.end(), 0);
    return result;
}

// Neither rising nor falling.
double mixed(std::size_t i) { return static_cast<double>(i * 7919 % 101); }

auto by_cost(std::function<double(std::size_t)> cost = mixed) { return pool().with({.cost = std::move(cost)}); }

std::vector<int> run_here;  // the items, in the order in which this process ran them

std::string shout(const std::string& text) { return text + "!"; }

int fails_at_3_and_70(int x) {
    if (x == 70) throw std::runtime_error("seventy");
    if (x == 3) throw std::out_of_range("three");
    return x;
}

}  // namespace

TEST_CASE("by cost: results come in input order, whatever their type", "[cost]") {
    const auto items = numbers(1000);
    const auto expected = pool().map(square, items);
    CHECK(by_cost().map(square, items) == expected);
    CHECK(by_cost().map_async(square, items).get() == expected);
    CHECK(pool().with({.chunk_size = 7, .cost = mixed}).map(square, items) == expected);
    CHECK(by_cost().map(square, {3, 1, 2}) == std::vector<int>{9, 1, 4});
    std::vector<std::string> texts;
    for (int i = 0; i < 300; ++i) texts.push_back("text " + std::to_string(i));
    const auto loud = by_cost().map(shout, texts);
    REQUIRE(loud.size() == texts.size());
    for (std::size_t i = 0; i < loud.size(); ++i) CHECK(loud[i] == texts[i] + "!");
    std::vector<std::pair<int, int>> pairs;
    for (int i = 0; i < 100; ++i) pairs.emplace_back(i, 2 * i);
    const auto sums = by_cost().starmap([](int a, int b) { return a + b; }, pairs);
    for (std::size_t i = 0; i < sums.size(); ++i) CHECK(sums[i] == 3 * static_cast<int>(i));
}

TEST_CASE("by cost: large inputs are received in place", "[cost]") {
    std::vector<double> items(300'000);
    std::iota(items.begin(), items.end(), 0.0);
    const auto results =
        by_cost([](std::size_t i) { return i == 200'000 ? 1e5 : 1.0; }).map([](double x) { return 2 * x; }, items);
    REQUIRE(results.size() == items.size());
    CHECK(std::ranges::equal(results, items | std::views::transform([](double x) { return 2 * x; })));
}

TEST_CASE("by cost: an item's index is its place in the input", "[cost]") {
    const auto indices = by_cost().map([](int) { return hecaton::this_task::index(); }, numbers(200));
    for (std::size_t i = 0; i < indices.size(); ++i) CHECK(indices[i] == i);
    const auto draw = [](int) { return hecaton::this_task::random()(); };
    CHECK(by_cost().map(draw, numbers(50)) == pool().map(draw, numbers(50)));
}

TEST_CASE("by cost: the longest are run first", "[cost]") {
    if (pool().size() > 1) return;  // of several ranks one may be late, and what it holds goes to another
    run_here.clear();
    pool().with({.chunk_size = 1, .cost = mixed}).map([](int x) { run_here.push_back(x); }, numbers(60));
    REQUIRE(run_here.size() == 60);
    for (std::size_t i = 1; i < run_here.size(); ++i)
        CHECK(mixed(static_cast<std::size_t>(run_here[i - 1])) >= mixed(static_cast<std::size_t>(run_here[i])));
}

TEST_CASE("by cost: the error is that of the lowest index, and every item is run", "[cost]") {
    for (int round = 0; round < 3; ++round) {
        try {
            by_cost().map(fails_at_3_and_70, numbers(100));
            FAIL("nothing was thrown");
        } catch (const std::out_of_range& error) {
            CHECK(error.what() == "three"s);
            CHECK(dynamic_cast<const hecaton::TaskError&>(error).index() == 3);
        }
    }
    const auto outcomes = by_cost().map_outcomes(fails_at_3_and_70, numbers(100));
    REQUIRE(outcomes.size() == 100);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        CHECK(outcomes[i].index == i);
        CHECK(outcomes[i].has_value() == (i != 3 && i != 70));
        if (outcomes[i].has_value()) CHECK(outcomes[i].value() == static_cast<int>(i));
    }
}

TEST_CASE("by cost: map_reduce folds in input order, to the last digit", "[cost]") {
    const auto inverse = [](int x) { return 1.0 / (1 + x); };
    for (const int items : {1, 10, 5'000}) {
        const auto input = numbers(items);
        CHECK(by_cost().map_reduce(inverse, std::plus<>{}, 0.0, input) ==
              pool().map_reduce(inverse, std::plus<>{}, 0.0, input));
    }
    const auto letters = by_cost().map_reduce([](int x) { return std::string(1, static_cast<char>('a' + x)); },
                                              std::plus<>{}, ""s, numbers(26));
    CHECK(letters == "abcdefghijklmnopqrstuvwxyz");
}

TEST_CASE("by cost: each item's cost is asked once, by the thread that calls", "[cost]") {
    std::vector<int> asked(500);
    const auto caller = std::this_thread::get_id();
    const auto results = by_cost([&](std::size_t i) {
                             CHECK(std::this_thread::get_id() == caller);
                             return static_cast<double>(++asked.at(i));
                         }).map(square, numbers(500));
    CHECK(results.back() == 499 * 499);
    CHECK(std::ranges::count(asked, 1) == 500);
}

TEST_CASE("by cost: of one item, and of none, nothing is asked", "[cost]") {
    auto calls = by_cost([](std::size_t) -> double { throw std::logic_error("asked"); });
    CHECK(calls.apply(square, 4) == 16);
    CHECK(calls.map(square, {5}) == std::vector<int>{25});
    CHECK(calls.map(square, std::vector<int>()).empty());
}

TEST_CASE("by cost: what the callable throws leaves the call as it is", "[cost]") {
    auto calls = by_cost([](std::size_t i) { return i == 9 ? throw std::length_error("nine") : 1.0; });
    const auto check = [&](auto&& call) {
        try {
            call();
            FAIL("nothing was thrown");
        } catch (const std::length_error& error) {
            CHECK(error.what() == "nine"s);
            CHECK(dynamic_cast<const hecaton::TaskError*>(&error) == nullptr);
        }
        CHECK(pool().map(square, {2, 3}) == std::vector<int>{4, 9});
    };
    check([&] { calls.map(square, numbers(20)); });
    check([&] { (void)calls.map_async(square, numbers(20)); });
    check([&] { (void)calls.map_outcomes(square, numbers(20)); });
    check([&] { (void)calls.map_reduce(square, std::plus<>{}, 0, numbers(20)); });
    CHECK(calls.map(square, numbers(9)).back() == 64);
}

TEST_CASE("by cost: what is no cost is refused, and the item named", "[cost]") {
    for (const double bad : {-1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        auto calls = by_cost([bad](std::size_t i) { return i == 13 ? bad : 1.0; });
        CHECK_THROWS_AS(calls.map(square, numbers(20)), hecaton::UsageError);
        CHECK_THROWS_WITH(calls.map(square, numbers(20)), ContainsSubstring("item 13"));
    }
    CHECK(by_cost([](std::size_t) { return 0.0; }).map(square, numbers(20)).back() == 361);
    CHECK(by_cost([](std::size_t) { return 1e308; }).map(square, numbers(20)).back() == 361);
}

TEST_CASE("by cost: lazy calls refuse it", "[cost]") {
    auto calls = by_cost();
    CHECK_THROWS_AS(calls.imap(square, numbers(20)), hecaton::UsageError);
    CHECK_THROWS_WITH(calls.imap_unordered(square, numbers(20)), ContainsSubstring("MapOptions::cost"));
    CHECK_THROWS_AS(calls.imap_outcomes(square, numbers(20)), hecaton::UsageError);
    CHECK(pool().map(square, {2, 3}) == std::vector<int>{4, 9});
}

TEST_CASE("by cost: isolated, a crash costs its own item", "[cost]") {
    const auto outcomes = pool()
                              .with({.attempts = 1, .isolate = true, .cost = mixed})
                              .map_outcomes([](int x) { return x == 17 ? (std::_Exit(3), 0) : x; }, numbers(40));
    for (std::size_t i = 0; i < outcomes.size(); ++i) CHECK(outcomes[i].has_value() == (i != 17));
}

TEST_CASE("by cost: a cancelled call ends, and the next one runs", "[cost]") {
    auto result = by_cost().map_async([](int x) { return x; }, numbers(10'000));
    result.cancel();
    try {
        result.get();
    } catch (const hecaton::TaskCancelled&) {
    }
    CHECK(by_cost().map(square, numbers(100)).back() == 99 * 99);
}

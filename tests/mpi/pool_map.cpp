// map, starmap, apply, map_outcomes, map_reduce: what they return.
#include <boost/serialization/vector.hpp>

#include <array>
#include <atomic>
#include <cmath>
#include <deque>
#include <list>
#include <map>
#include <mpi/pool_under_test.hpp>
#include <numeric>
#include <optional>
#include <ranges>
#include <set>
#include <sstream>
#include <string>
#include <support/events.hpp>
#include <support/square.hpp>
#include <thread>
#include <vector>

using namespace std::string_literals;
using hecaton::test::square;

namespace {

std::string shout(const std::string& text) { return text + "!"; }

std::vector<int> numbers(int n) {
    std::vector<int> result(static_cast<std::size_t>(n));
    std::iota(result.begin(), result.end(), 0);
    return result;
}

struct Point {
    double x;
    float y;
    char z;
};

struct Scale {
    double factor;
    double operator()(double x) const { return factor * x; }
};

// A function object whose data are more than bytes.
struct Polynomial {
    std::vector<double> coefficients;
    double operator()(double x) const {
        double value = 0;
        for (const double c : coefficients) value = value * x + c;
        return value;
    }
    template <class Archive>
    void serialize(Archive& archive, unsigned) {
        archive& coefficients;
    }
};

}  // namespace

TEST_CASE("map keeps the input's order, whatever the chunk size") {
    const auto input = numbers(1000);
    std::vector<int> expected;
    for (const int x : input) expected.push_back(x * x);
    CHECK(pool().map(square, input) == expected);
    for (const std::size_t chunk : {1U, 7U, 999U, 1000U, 1001U, 1'000'000U}) {
        CAPTURE(chunk);
        CHECK(pool().with({.chunk_size = chunk}).map(square, input) == expected);
    }
}

TEST_CASE("map takes lists in braces") {
    CHECK(pool().map(square, {1, 2, 3, 4, 5}) == std::vector{1, 4, 9, 16, 25});
    CHECK(pool().map(shout, {"a", "b"}) == std::vector{"a!"s, "b!"s});
    CHECK(pool().map([](int a, double b) { return a + b; }, {1, 2}, {0.5, 0.25}) == std::vector{1.5, 2.25});
}

TEST_CASE("map over nothing returns at once") {
    CHECK(pool().map(square, std::vector<int>()).empty());
    CHECK(pool().map(shout, std::list<std::string>()).empty());
    CHECK(pool().map_outcomes(square, std::vector<int>()).empty());
    CHECK(pool().map_reduce(square, std::plus<>(), 7, std::vector<int>()) == 7);
    pool().map([](int) {}, std::vector<int>());
}

TEST_CASE("map takes any input range") {
    const std::vector<int> expected{0, 1, 4, 9};
    CHECK(pool().map(square, std::views::iota(0, 4)) == expected);
    CHECK(pool().map(square, std::list{0, 1, 2, 3}) == expected);
    CHECK(pool().map(square, std::deque{0, 1, 2, 3}) == expected);
    CHECK(pool().map(square, std::array{0, 1, 2, 3}) == expected);
    const std::set<int> set{0, 1, 2, 3};
    CHECK(pool().map(square, set) == expected);
    const int raw[] = {0, 1, 2, 3};
    CHECK(pool().map(square, raw) == expected);
    std::istringstream stream("0 1 2 3");
    CHECK(pool().map(square, std::views::istream<int>(stream)) == expected);
    CHECK(pool().map(square, numbers(8) | std::views::filter([](int x) { return x < 4; })) == expected);
    CHECK(pool().map([](bool b) { return !b; }, std::vector<bool>{true, false}) == std::vector<bool>{false, true});
}

TEST_CASE("map walks several ranges together, up to the end of the shortest") {
    const auto join = [](int i, const std::string& text) { return std::to_string(i) + text; };
    CHECK(pool().map(join, std::vector{1, 2, 3}, std::list{"a"s, "b"s}) == std::vector{"1a"s, "2b"s});
    CHECK(pool().map(join, std::views::iota(5), std::vector{"a"s, "b"s}) == std::vector{"5a"s, "6b"s});
    CHECK(pool().map([](int a, int b, int c) { return a * b + c; }, std::vector{1, 2}, std::vector{3, 4},
                     std::vector{5, 6}) == std::vector{8, 14});
}

TEST_CASE("map of a function that returns nothing") {
    pool().map([](int) {}, numbers(100));
    pool().apply([] {});
    CHECK_THROWS_AS(pool().map(
                        [](int x) {
                            if (x == 3) throw std::domain_error("three");
                        },
                        numbers(5)),
                    std::domain_error);
}

TEST_CASE("values of many types travel") {
    const std::map<std::string, std::vector<int>> table{{"a", {1, 2}}, {"b", {}}};
    const auto same = [](const auto& value) { return value; };
    CHECK(pool().map(same, std::vector(3, table)) == std::vector(3, table));
    CHECK(pool().map(same, std::vector{std::optional<std::string>(), std::optional("x"s)}) ==
          std::vector{std::optional<std::string>(), std::optional("x"s)});
    const auto points = pool().map(
        [](const Point& p) {
            return Point{p.x + 1, p.y, 'z'};
        },
        std::vector<Point>(100, {1, 2, 'a'}));
    REQUIRE(points.size() == 100);
    CHECK(points[99].x == 2);
    CHECK(points[99].z == 'z');
    const auto words = pool().map([](int n) { return std::string(static_cast<std::size_t>(n), 'x'); }, numbers(300));
    CHECK(words[299].size() == 299);
}

TEST_CASE("starmap spreads tuples, pairs and arrays over the arguments") {
    const auto add = [](int a, int b) { return a + b; };
    CHECK(pool().starmap(add, {std::tuple(1, 2), std::tuple(3, 4)}) == std::vector{3, 7});
    CHECK(pool().starmap(add, std::vector{std::pair(1, 2), std::pair(3, 4)}) == std::vector{3, 7});
    CHECK(pool().starmap(add, std::list{std::array{1, 2}}) == std::vector{3});
    const std::map<std::string, int> ages{{"ann", 7}, {"bob", 8}};
    CHECK(pool().starmap([](const std::string& name, int age) { return name + std::to_string(age); }, ages) ==
          std::vector{"ann7"s, "bob8"s});
}

TEST_CASE("apply calls once, with any arguments") {
    CHECK(pool().apply(square, 12) == 144);
    CHECK(pool().apply([] { return 5; }) == 5);
    CHECK(pool().apply([](const std::string& a, int b) { return a + std::to_string(b); }, "n", 3) == "n3");
    CHECK_THROWS_AS(pool().apply([]() -> int { throw std::out_of_range("no"); }), std::out_of_range);
}

TEST_CASE("callables of every kind that may travel") {
    const std::vector<double> xs{1, 2, 3};
    CHECK(pool().map(Polynomial{{1, 0, 1}}, xs) == std::vector{2.0, 5.0, 10.0});
    CHECK(pool().map(Scale{2.5}, xs) == std::vector{2.5, 5.0, 7.5});
    int offset = 4;
    const double factor = 0.5;
    CHECK(pool().map([offset, factor](double x) { return factor * x + offset; }, xs) == std::vector{4.5, 5.0, 5.5});
    CHECK(pool().map(&square, {3}) == std::vector{9});
    const std::vector<std::string> words{"zero", "one", "two"};
    const auto pick = [](const std::vector<std::string>& from, int i) { return from.at(static_cast<std::size_t>(i)); };
    CHECK(pool().map(hecaton::bind_front(pick, words), {2, 0}) == std::vector{"two"s, "zero"s});
    CHECK(pool().map(hecaton::bind_front(hecaton::bind_front(pick, words)), {1}) == std::vector{"one"s});
    CHECK(pool().map([](std::string&& text) { return text.size(); }, std::vector{"four"s}) ==
          std::vector<std::size_t>{4});
    CHECK(pool().map([n = 0](int x) mutable { return x + 0 * n++; }, {1, 2}) == std::vector{1, 2});
}

TEST_CASE("a closure that holds an address of this process is refused") {
    static int global = 0;
    int* pointer = &global;
    CHECK_THROWS_AS(pool().map([pointer](int x) { return *pointer + x; }, {1}), hecaton::UsageError);
    const std::string text = "some text that is long enough to be on the heap";
    const std::string_view view = text;
    CHECK_THROWS_AS(pool().map([view](int x) { return static_cast<int>(view.size()) + x; }, {1}), hecaton::UsageError);
    CHECK(pool().map(square, {2}) == std::vector{4});
}

TEST_CASE("map_reduce gives the same digits whatever the chunks") {
    std::vector<double> values(10'000);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = 1.0 / static_cast<double>(i + 1);
    const auto root = [](double x) { return std::sqrt(x); };
    const double once = pool().map_reduce(root, std::plus<>(), 0.0, values);
    for (const std::size_t chunk : {0U, 1U, 13U, 5'000U})
        CHECK(pool().with({.chunk_size = chunk}).map_reduce(root, std::plus<>(), 0.0, values) == once);
    CHECK(once == Approx(197.53).epsilon(1e-2));
    const auto letter = [](int i) { return std::string(1, static_cast<char>('a' + i % 26)); };
    std::string expected = ">";
    for (int i = 0; i < 500; ++i) expected += letter(i);
    CHECK(pool().map_reduce(letter, std::plus<>(), ">"s, numbers(500)) == expected);
    CHECK(pool().map_reduce([](int a, int b) { return a * b; }, std::plus<>(), 0, {1, 2}, {3, 4}) == 11);
    CHECK_THROWS_AS(pool().map_reduce([](int x) { return x == 300 ? throw std::out_of_range("300") : x; },
                                      std::plus<>(), 0, numbers(20'000)),
                    std::out_of_range);
}

TEST_CASE("every rank that works gets a share of items that take time") {
    // An item waits until every rank has begun one.
    const hecaton::test::Gate gate;
    const auto f = [](const std::string& passed, int) {
        static bool first = true;
        if (first) hecaton::test::pass(passed);
        first = false;
        const auto ranks = static_cast<std::ptrdiff_t>(hecaton::this_worker::size());
        hecaton::test::wait_until(
            [&] { return std::distance(std::filesystem::directory_iterator(passed), {}) >= ranks; });
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return hecaton::this_worker::rank();
    };
    const auto outcomes =
        pool()
            .with({.chunk_size = 1})
            .map_outcomes(hecaton::bind_front(f, gate.path()), std::views::iota(0, 20 * pool().size()));
    std::set<int> ranks;
    for (const auto& outcome : outcomes) {
        REQUIRE(outcome.has_value());
        CHECK(outcome.rank == outcome.value());
        CHECK(outcome.duration.count() >= 0.005);
        CHECK(outcome.attempts == 1);
        CHECK(!outcome.host.empty());
        ranks.insert(outcome.rank);
    }
    CHECK(static_cast<int>(ranks.size()) == pool().size());
}

TEST_CASE("large items and results travel whole") {
    std::vector<std::string> texts;
    for (int i = 0; i < 20; ++i) texts.emplace_back(200'000 + i, static_cast<char>('a' + i));
    CHECK(pool().map([](const std::string& text) { return text; }, texts) == texts);
    std::vector<double> many(1'000'000, 1.5);
    const auto doubled = pool().map([](double x) { return 2 * x; }, many);
    CHECK(doubled == std::vector<double>(many.size(), 3.0));
}

TEST_CASE("a broadcast value reaches every rank, and is gone after release") {
    std::vector<std::string> words(1000, "word");
    words[3] = "three";
    auto shared = pool().broadcast(words);
    CHECK((*shared)[3] == "three");
    const auto lookup = [shared](int i) { return (*shared)[static_cast<std::size_t>(i)]; };
    CHECK(pool().map(lookup, numbers(100))[3] == "three");
    auto table = pool().broadcast(std::vector<double>(100'000, 0.5));
    CHECK(pool().map([table](int i) { return table->at(static_cast<std::size_t>(i)); }, numbers(1000))[999] == 0.5);
    pool().release(shared);
    CHECK_THROWS_AS(*shared, hecaton::UsageError);
    CHECK_THROWS_AS(pool().map(lookup, numbers(100)), hecaton::UsageError);
    CHECK_THROWS_AS(pool().release(shared), hecaton::UsageError);
    pool().release(table);
}

TEST_CASE("the report says what happened") {
    pool().with({.name = "squares"}).map(square, numbers(1000));
    const auto report = pool().last_map();
    CHECK(report.name == "squares");
    CHECK(report.items == 1000);
    CHECK(report.failed == 0);
    CHECK(report.chunks >= 1);
    CHECK(report.wall_seconds > 0);
    CHECK(report.workers >= 1);
    CHECK_THAT(report.verdict(), ContainsSubstring("1000 items of"));
}

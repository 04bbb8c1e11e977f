// Plain structs, and the pairs of a map, as items, results, bound and broadcast values.
#include <array>
#include <map>
#include <mpi/pool_under_test.hpp>
#include <optional>
#include <string>
#include <vector>

namespace {

struct Grid {
    std::vector<int> cells;
    double step = 0.5;
    bool operator==(const Grid&) const = default;
};
struct Case {
    std::string name;
    double x;
    Grid grid;
    std::optional<double> guess;
};
struct Result {
    const std::string name;
    double value;
    std::array<Grid, 2> grids;
    bool operator==(const Result&) const = default;
};

Result solve(const Case& one) {
    return {one.name, one.x + one.guess.value_or(1), {one.grid, Grid{{static_cast<int>(one.name.size())}, one.x}}};
}

std::vector<Case> sweep() {
    std::vector<Case> cases;
    for (int i = 0; i < 50; ++i) {
        const std::string name(static_cast<std::size_t>(i), 'x');
        cases.push_back({name,
                         1.0 * i,
                         {std::vector<int>(static_cast<std::size_t>(i % 7), i)},
                         i % 2 ? std::optional(0.5) : std::nullopt});
    }
    return cases;
}

std::vector<Result> solved() {
    std::vector<Result> results;
    for (const Case& one : sweep()) results.push_back(solve(one));
    return results;
}

struct Shift {  // a function object, and a plain struct
    std::string name;
    std::vector<double> by;
    double operator()(double x) const { return x + by.at(0) + static_cast<double>(name.size()); }
};

int weigh(const std::pair<const int, std::string>& entry) {
    return entry.first + static_cast<int>(entry.second.size());
}

}  // namespace

TEST_CASE("structs: items and results of every call") {
    const std::vector<Case> cases = sweep();
    CHECK(pool().map(solve, cases) == solved());
    CHECK(pool().with({.chunk_size = 1}).map(solve, cases) == solved());
    CHECK(pool().map_async(solve, cases).get() == solved());
    CHECK(pool().apply(solve, cases[3]) == solved()[3]);
    std::size_t i = 0;
    for (const Result& result : pool().imap(solve, cases)) CHECK(result == solved().at(i++));
    CHECK(i == cases.size());
    const auto outcomes = pool().map_outcomes(solve, cases);
    CHECK(outcomes.at(7).value() == solved().at(7));
}

TEST_CASE("structs: isolated") { CHECK(pool().with({.isolate = true}).map(solve, sweep()) == solved()); }

TEST_CASE("structs: bound, broadcast, folded and called") {
    const auto value = [](const Grid& grid, int x) { return grid.step + static_cast<double>(grid.cells.size()) + x; };
    CHECK(pool().map(hecaton::bind_front(value, Grid{{1, 2}}), {1, 2}) == std::vector{3.5, 4.5});
    const auto shared = pool().broadcast(Grid{{1, 2, 3}, 0.25});
    CHECK(pool().map([shared](int x) { return shared->step + x; }, {1}) == std::vector{1.25});
    pool().release(shared);
    CHECK(pool().map(Shift{"ab", {0.5}}, {1.0, 2.0}) == std::vector{3.5, 4.5});
    const auto joined = [](Grid sum, const Grid& one) {
        sum.cells.insert(sum.cells.end(), one.cells.begin(), one.cells.end());
        return sum;
    };
    const auto grid = [](int x) { return Grid{{x}, 0}; };
    CHECK(pool().map_reduce(grid, joined, Grid{}, {1, 2, 3}).cells == std::vector{1, 2, 3});
}

TEST_CASE("structs: the pairs of a map, and results with constant parts") {
    const std::map<int, std::string> table{{1, "a"}, {2, "bb"}, {3, ""}};
    CHECK(pool().map(weigh, table) == std::vector{2, 4, 3});
    CHECK(pool().map_async(weigh, table).get() == std::vector{2, 4, 3});
    std::vector<int> lazily;
    for (const int x : pool().imap(weigh, table)) lazily.push_back(x);
    CHECK(lazily == std::vector{2, 4, 3});
    const auto make = [](int i) {
        return std::pair<const int, std::string>{i, std::string(static_cast<std::size_t>(i), 'x')};
    };
    const auto made = pool().map(make, {1, 2});
    REQUIRE(made.size() == 2);
    CHECK(made[1].first == 2);
    CHECK(made[1].second == "xx");
    const auto triple = [](int i) { return std::tuple<const int, const std::string>{i, "t"}; };
    CHECK(std::get<1>(pool().map(triple, {1})[0]) == "t");
    CHECK(pool().starmap([](int i, const std::string& s) { return i + static_cast<int>(s.size()); }, table) ==
          std::vector{2, 4, 3});
}

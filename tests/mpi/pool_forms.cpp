// starmap_outcomes, istarmap, map_outcomes_async: the calls that put two others together do what both do; and `with` of
// a `with`.
#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <hecaton/pool/journal/journals.hpp>
#include <list>
#include <map>
#include <mpi/pool_under_test.hpp>
#include <ranges>
#include <stdexcept>
#include <string>
#include <support/events.hpp>
#include <support/square.hpp>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using hecaton::Outcome;
using hecaton::test::Gate;
using hecaton::test::square;

namespace {

int divide(int a, int b) {
    if (b == 0) throw std::domain_error("by nothing");
    return a / b;
}
int fragile(int a, int b) {
    if (a == 1) ::raise(SIGSEGV);
    if (a == 2) std::this_thread::sleep_for(1h);
    return a + b;
}
std::string describe(const std::string& name, int age) { return name + std::to_string(age); }

const std::vector<std::tuple<int, int>> pairs{{6, 3}, {1, 0}, {8, 2}};

template <class Range>
auto all_of(Range&& range) {
    std::vector<std::ranges::range_value_t<Range>> values;
    for (auto& value : range) values.push_back(std::move(value));
    return values;
}

// In a folder of its own, which goes with it.
struct Journal {
    Gate folder;
    std::filesystem::path path = folder.path() + "/j.db";
    ~Journal() { hecaton::detail::close_journals(); }
};

}  // namespace

TEST_CASE("starmap_outcomes spreads tuples and has the value or the error of each") {
    const auto outcomes = pool().starmap_outcomes(divide, pairs);
    static_assert(std::is_same_v<decltype(outcomes), const std::vector<Outcome<int>>>);
    REQUIRE(outcomes.size() == 3);
    CHECK(outcomes[0].value() == 2);
    CHECK(!outcomes[1].has_value());
    CHECK(outcomes[1].error().index() == 1);
    CHECK_THROWS_AS(outcomes[1].value(), std::domain_error);
    CHECK(outcomes[2].value() == 4);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        CHECK(outcomes[i].index == i);
        CHECK(outcomes[i].rank >= 0);
        CHECK(!outcomes[i].host.empty());
        CHECK(outcomes[i].attempts == 1);
    }
    CHECK(pool().last_map().items == 3);
    CHECK(pool().last_map().failed == 1);
    CHECK(pool().starmap_outcomes(divide, {std::pair(9, 3), std::pair(8, 4)})[1].value() == 2);
    CHECK(pool().starmap_outcomes(divide, std::list{std::array{9, 3}})[0].value() == 3);
    CHECK(pool().starmap_outcomes(divide, std::vector<std::tuple<int, int>>()).empty());
    CHECK(pool().starmap_outcomes([](int, int) {}, pairs)[2].has_value());
}

TEST_CASE("istarmap spreads tuples and yields in input order") {
    const auto difference = [](int a, int b) { return a - b; };
    CHECK(all_of(pool().istarmap(difference, {std::tuple(3, 1), std::tuple(5, 2)})) == std::vector{2, 3});
    CHECK(all_of(pool().istarmap(difference, std::list{std::array{9, 3}, std::array{1, 2}})) == std::vector{6, -1});
    const std::map<std::string, int> ages{{"ann", 7}, {"bob", 8}};
    CHECK(all_of(pool().istarmap(describe, ages)) == std::vector<std::string>{"ann7", "bob8"});
    CHECK(all_of(pool().istarmap(describe, std::vector<std::pair<const char*, int>>{{"cat", 9}})) ==
          std::vector<std::string>{"cat9"});
    CHECK(all_of(pool().istarmap([] { return 1; }, std::vector<std::tuple<>>(3))) == std::vector{1, 1, 1});
    CHECK(all_of(pool().istarmap([](int, int) {}, pairs)).size() == 3);
    CHECK(all_of(pool().istarmap(difference, std::vector<std::pair<int, int>>())).empty());
    std::vector<std::tuple<int, int>> many;
    std::vector<int> expected;
    for (int i = 0; i < 5'000; ++i) {
        many.emplace_back(i, i / 2);
        expected.push_back(i - i / 2);
    }
    for (const std::size_t chunk : {0U, 1U, 77U})
        CHECK(all_of(pool().with({.chunk_size = chunk}).istarmap(difference, many)) == expected);
}

TEST_CASE("istarmap reads its input as it goes, and throws an error at its place") {
    int read = 0;
    const auto endless = std::views::iota(0) | std::views::transform([&read](int i) {
                             ++read;
                             return std::pair(10, 2 - i);
                         });
    std::vector<int> values;
    int errors = 0;
    auto results = pool().with({.buffer_size = 5}).istarmap(divide, endless);
    for (auto at = results.begin(); at != results.end() && values.size() < 6; ++at) {
        try {
            values.push_back(*at);
        } catch (const std::domain_error&) {
            CHECK(values.size() == 2);
            ++errors;
        }
    }
    CHECK(values == std::vector{5, 10, -10, -5, -3, -2});
    CHECK(errors == 1);
    CHECK(read <= 7 + 1 + 5);
}

TEST_CASE("map_outcomes_async returns at once, owns its input, and throws for no item") {
    Gate gate;
    const auto wait = [](const std::string& path, int a, int b) {
        hecaton::test::wait_at(path);
        return divide(a, b);
    };
    auto result = [&] {
        const std::vector<int> dividends{6, 1, 8};
        return pool().map_outcomes_async(hecaton::bind_front(wait, gate.path()), dividends, std::vector{3, 0, 2});
    }();
    static_assert(std::is_same_v<decltype(result), hecaton::AsyncResult<std::vector<Outcome<int>>>>);
    CHECK(!result.ready());
    gate.open();
    const auto& outcomes = result.get();
    REQUIRE(outcomes.size() == 3);
    CHECK(outcomes[0].value() == 2);
    CHECK_THROWS_AS(outcomes[1].value(), std::domain_error);
    CHECK(outcomes[1].index == 1);
    CHECK(outcomes[2].value() == 4);
    CHECK(!outcomes[2].host.empty());
    CHECK(result.successful());
    CHECK(result.report().failed == 1);
    CHECK(pool().map_outcomes_async(square, {4}).get()[0].value() == 16);
    CHECK(pool().map_outcomes_async([](int) {}, std::vector<int>(7)).get().size() == 7);
    CHECK(pool().map_outcomes_async(square, std::vector<int>()).get().empty());
}

TEST_CASE("map_outcomes_async: cancelled as the other async forms are, and waited for with them") {
    Gate gate;
    const auto wait = [](const std::string& path, int) { hecaton::test::wait_at(path); };
    auto cancelled = pool()
                         .with({.chunk_size = 1})
                         .map_outcomes_async(hecaton::bind_front(wait, gate.path()), std::vector<int>(1'000));
    auto other = pool().map_outcomes_async(square, {5});
    cancelled.cancel();
    gate.open();
    CHECK_THROWS_AS(cancelled.get(), hecaton::TaskCancelled);
    hecaton::wait_all(cancelled, other);
    CHECK(other.get()[0].value() == 25);
}

TEST_CASE("crashes and time limits cost the item, in each of these calls") {
    std::vector<std::pair<int, int>> items;
    std::vector<int> first, second;
    for (int i = 0; i < 4; ++i) {
        items.emplace_back(i, 10);
        first.push_back(i);
        second.push_back(10);
    }
    auto careful = pool().with({.timeout = 1s, .attempts = 2});
    auto pending = careful.map_outcomes_async(fragile, first, second);
    for (const auto& outcomes : {careful.starmap_outcomes(fragile, items), pending.get()}) {
        REQUIRE(outcomes.size() == 4);
        CHECK(outcomes[0].value() == 10);
        CHECK_THROWS_AS(outcomes[1].value(), hecaton::WorkerLost);
        CHECK_THROWS_AS(outcomes[2].value(), hecaton::TaskTimeout);
        CHECK(outcomes[3].value() == 13);
    }
    auto results = careful.istarmap(fragile, items);
    auto at = results.begin();
    CHECK(*at == 10);
    CHECK_THROWS_AS(*++at, hecaton::WorkerLost);
    CHECK_THROWS_AS(*++at, hecaton::TaskTimeout);
    CHECK(*++at == 13);
}

TEST_CASE("an early end reaches each of these calls") {
    auto strict = pool().with({.chunk_size = 1, .on_error = hecaton::OnError::stop});
    std::vector<std::pair<int, int>> items(500, {1, 1});
    items[0].second = 0;
    const auto outcomes = strict.starmap_outcomes(divide, items);
    CHECK(outcomes.size() == 500);
    CHECK_THROWS_AS(outcomes[0].value(), std::domain_error);
    auto pending = strict.map_outcomes_async([](int i) { return divide(1, i); }, std::views::iota(0, 500));
    CHECK(pending.get().size() == 500);
    CHECK_THROWS_AS(pending.get()[0].value(), std::domain_error);
    for (const auto& outcome : outcomes)
        if (outcome.rank == -1) CHECK_THROWS_AS(outcome.value(), hecaton::TaskCancelled);
    std::vector<int> yielded;
    auto results = strict.istarmap(divide, items);
    for (auto at = results.begin(); at != results.end(); ++at) {
        try {
            yielded.push_back(*at);
        } catch (const std::domain_error&) {
        } catch (const hecaton::TaskCancelled&) {
        }
    }
    CHECK(yielded == std::vector<int>(yielded.size(), 1));
}

TEST_CASE("a journal has the results of each of these calls") {
    const Journal journal;
    const auto run = [&] {
        auto kept = pool().with({.name = "forms", .journal = journal.path});
        std::vector<std::uint64_t> restored;
        CHECK(kept.starmap_outcomes(divide, pairs)[2].value() == 4);
        restored.push_back(pool().last_map().restored);
        auto pending = kept.map_outcomes_async(square, {1, 2, 3});
        CHECK(pending.get()[2].value() == 9);
        restored.push_back(pending.report().restored);
        auto lazy = kept.istarmap(describe, std::vector<std::pair<std::string, int>>{{"ann", 7}, {"bob", 8}});
        CHECK(all_of(lazy) == std::vector<std::string>{"ann7", "bob8"});
        restored.push_back(lazy.report().restored);
        hecaton::detail::close_journals();
        return restored;
    };
    CHECK(run() == std::vector<std::uint64_t>{0, 0, 0});
    CHECK(run() == std::vector<std::uint64_t>{2, 3, 2});
}

TEST_CASE("with of a with changes what differs from the defaults") {
    auto isolated = pool().with({.attempts = 1, .isolate = true, .name = "first"});
    auto named = isolated.with({.name = "second"}).with({.chunk_size = 2});
    CHECK_THROWS_AS(named.starmap_outcomes(fragile, {std::pair(1, 1)})[0].value(), hecaton::WorkerLost);
    CHECK(pool().last_map().name == "second");
    named.map(square, std::vector<int>(10));
    CHECK(pool().last_map().chunks >= 5);
    isolated.map(square, {1});
    CHECK(pool().last_map().name == "first");
    pool().map(square, {1});
    CHECK(pool().last_map().name.empty());
    CHECK_THROWS_AS(isolated.with({.attempts = 0}), hecaton::UsageError);
}

// map_into: map, with the results in memory that the caller keeps.
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <deque>
#include <hecaton/pool/journal/journals.hpp>
#include <mpi/callers.hpp>
#include <mpi/pool_under_test.hpp>
#include <numeric>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <support/catch.hpp>
#include <support/events.hpp>
#include <support/square.hpp>
#include <thread>
#include <type_traits>
#include <vector>

using hecaton::test::Gate;
using hecaton::test::square;

namespace {

std::vector<int> numbers(int count) {
    std::vector<int> all(static_cast<std::size_t>(count));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

double half(int x) { return x / 2.0; }
std::string twice(const std::string& text) { return text + text; }
int odd_throws(int x) {
    if (x % 2 != 0) throw std::range_error("odd: " + std::to_string(x));
    return -x;
}

}  // namespace

TEST_CASE("map_into puts the results into the caller's memory and returns the span of them") {
    for (const CallersPart part : all_parts) {
        const Callers callers(part);
        for (const int count : {0, 1, 2, 100, 50'000}) {
            const auto items = numbers(count);
            std::vector<double> out(static_cast<std::size_t>(count) + 3, -1);
            for (int call = 0; call < 2; ++call) {  // the second call knows the costs
                const auto results = pool().map_into(out, half, items);
                static_assert(std::is_same_v<decltype(results), const std::span<double>>);
                CHECK(results.data() == out.data());
                REQUIRE(results.size() == items.size());
                CHECK(std::ranges::equal(results, pool().map(half, items)));
                CHECK(std::ranges::count(out, -1.0) == 3);  // what lies behind them is untouched
            }
        }
    }
}

TEST_CASE("map_into takes what map takes") {
    std::array<int, 4> four{};
    CHECK(pool().map_into(four, square, {1, 2, 3}).size() == 3);
    CHECK(four == std::array{1, 4, 9, 0});
    int plain[2] = {};
    pool().map_into(
        plain, [](int a, int b) { return a + b; }, numbers(2), std::deque<int>{5, 6, 7});
    CHECK((plain[0] == 5 && plain[1] == 7));
    std::vector<std::string> texts(2);
    CHECK(pool().map_into(texts, twice, {"ab", "c"})[1] == "cc");
    CHECK(texts == std::vector<std::string>{"abab", "cc"});
    pool().map_into(std::span(four).last(2), square, std::views::iota(2, 4));
    CHECK(four == std::array{1, 4, 4, 9});
    std::vector<double> wider(3);  // of a type that the results convert to
    pool().map_into(wider, square, numbers(3));
    CHECK(wider == std::vector<double>{0, 1, 4});
}

TEST_CASE("map_into refuses memory that is too small before any item is run") {
    std::vector<int> out(9, 7);
    for (const CallersPart part : all_parts) {
        const Callers callers(part);
        try {
            pool().map_into(out, square, numbers(10));
            FAIL("it was taken");
        } catch (const hecaton::UsageError& error) {
            CHECK(error.what() ==
                  std::string("map_into was given memory for 9 results, but 10 items: give it a range of at least 10"));
        }
        CHECK(out == std::vector<int>(9, 7));
    }
}

TEST_CASE("map_into may overwrite its own items, each with its own result") {
    for (const CallersPart part : all_parts) {
        const Callers callers(part);
        auto values = numbers(20'000);
        for (int round = 0; round < 3; ++round)
            pool().map_into(
                values, [](int x) { return x + 1; }, values);
        CHECK(values.front() == 3);
        CHECK(values.back() == 20'002);
        CHECK_THROWS_AS(pool().map_into(std::span(values).subspan(1), square, std::span(values).first(10)),
                        hecaton::UsageError);
        CHECK(values[1] == 4);
    }
}

namespace {
// Each has a callable of its own, of whose cost nothing is known before.
template <bool in_place>
void prove_longer() {
    const auto slow_when_large = [](int x) {
        if (x >= 1'000'000) std::this_thread::sleep_for(std::chrono::microseconds(100));
        return x + 1;
    };
    std::vector<int> items(200, 0), other(200);
    for (int call = 0; call < 5; ++call) pool().map_into(other, slow_when_large, items);  // cheap, as it seems
    std::iota(items.begin(), items.end(), 1'000'000);
    std::vector<int>& out = in_place ? items : other;
    pool().map_into(out, slow_when_large, items);
    for (int i = 0; i < 200; ++i) CHECK(out[static_cast<std::size_t>(i)] == 1'000'001 + i);
    CHECK(pool().last_map().items == 200);
}
}  // namespace

TEST_CASE("map_into that proves longer than it was guessed goes on with the pool") {
    prove_longer<false>();
    prove_longer<true>();
}

TEST_CASE("map_into evaluates every item and throws the error of the lowest index") {
    for (const CallersPart part : all_parts) {
        const Callers callers(part);
        std::vector<int> out(100);
        CHECK_THROWS_WITH(pool().map_into(out, odd_throws, numbers(100)), ContainsSubstring("odd: 1"));
        for (std::size_t i = 0; i < out.size(); i += 2) CHECK(out[i] == -static_cast<int>(i));
        CHECK(pool().map_into(out, square, {3})[0] == 9);
    }
}

TEST_CASE("map_into in sandboxes, with a crash") {
    std::vector<int> out(20);
    auto isolated = pool().with({.attempts = 1, .isolate = true});
    CHECK_THROWS_AS(isolated.map_into(
                        out,
                        [](int x) {
                            if (x == 7) ::raise(SIGKILL);
                            return x * 2;
                        },
                        numbers(20)),
                    hecaton::WorkerLost);
    for (int i = 0; i < 20; ++i)
        if (i != 7) CHECK(out[static_cast<std::size_t>(i)] == 2 * i);
}

TEST_CASE("map_into keeps its results in a journal, which are also those of map") {
    const Gate folder;
    const auto path = folder.path() + "/j.db";
    std::vector<double> out(30);
    pool().with({.journal = path}).map_into(out, half, numbers(30));
    hecaton::detail::close_journals();
    std::vector<double> again(30);
    pool().with({.journal = path}).map_into(again, half, numbers(30));
    CHECK(pool().last_map().restored == 30);
    CHECK(again == out);
    hecaton::detail::close_journals();
    CHECK(pool().with({.journal = path}).map(half, numbers(30)) == out);
    CHECK(pool().last_map().restored == 30);
    hecaton::detail::close_journals();
}

TEST_CASE("map_into that ends early leaves the memory alone afterwards") {
    std::vector<int> out(1'000, -1);
    CHECK_THROWS_AS(pool()
                        .with({.chunk_size = 1, .on_error = hecaton::OnError::stop})
                        .map_into(
                            out,
                            [](int x) {
                                if (x == 3) throw std::domain_error("three");
                                std::this_thread::sleep_for(std::chrono::milliseconds(1));
                                return x;
                            },
                            numbers(1'000)),
                    std::domain_error);
    const auto before = out;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK(out == before);
}

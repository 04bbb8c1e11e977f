// MapOptions::on_error: calls that end before all their items were run, and wait for nobody.
#include <unistd.h>

#include <algorithm>
#include <mpi/pool_under_test.hpp>
#include <numeric>
#include <optional>
#include <ranges>
#include <sstream>
#include <stdexcept>
#include <string>
#include <support/captured.hpp>
#include <support/events.hpp>
#include <support/square.hpp>
#include <tuple>
#include <vector>

using hecaton::OnError;
using hecaton::TaskCancelled;
using hecaton::test::Gate;
using hecaton::test::square;

namespace {

// One item fails once the others that can run wait at the gate; those that come later wait there, too. A call that
// returns before the gate is open has waited for none of them.
struct Trap {
    std::string gate;
    int bad = 0;
    int workers = 1;
    template <class Archive>
    void serialize(Archive& archive, unsigned /*version*/) {
        archive& gate& bad& workers;
    }
};

int spring(const Trap& trap, int x) {
    if (x != trap.bad) {
        hecaton::test::wait_at(trap.gate);
        return x;
    }
    const auto here = [&] {
        return std::distance(std::filesystem::directory_iterator(trap.gate), std::filesystem::directory_iterator());
    };
    hecaton::test::wait_until([&] { return here() >= trap.workers - 1; });
    throw std::out_of_range("bad item");
}

std::vector<int> numbers(int n) {
    std::vector<int> result(static_cast<std::size_t>(n));
    std::iota(result.begin(), result.end(), 0);
    return result;
}

auto stopping(std::size_t chunk_size = 1) { return pool().with({.chunk_size = chunk_size, .on_error = OnError::stop}); }
Trap trap(const Gate& gate, int bad = 0) { return {gate.path(), bad, pool().size()}; }

template <class F>
void expect_bad_item(F&& call, std::uint64_t index = 0) {
    try {
        call();
        FAIL("no error");
    } catch (const std::out_of_range& error) {
        CHECK(std::string(error.what()) == "bad item");
        CHECK(dynamic_cast<const hecaton::TaskError&>(error).index() == index);
    }
}

bool value_or_cancelled(const hecaton::LazyRange<int>::iterator& at, int value) {
    try {
        return *at == value;
    } catch (const TaskCancelled&) {
        return true;
    }
}

}  // namespace

static_assert(std::is_aggregate_v<hecaton::MapOptions>);
TEST_CASE("the options stand in the contract's order, and by default a call runs all items") {
    const hecaton::MapOptions options{.chunk_size = 1,
                                      .timeout = std::chrono::seconds(0),
                                      .attempts = 3,
                                      .isolate = false,
                                      .progress = false,
                                      .buffer_size = 0,
                                      .name = "",
                                      .cost = {},
                                      .seed = 0,
                                      .journal = "",
                                      .version = "",
                                      .on_error = OnError::stop,
                                      .keep_on_interrupt = true};
    CHECK(options.on_error == OnError::stop);
    CHECK(hecaton::MapOptions().on_error == OnError::finish);
    CHECK(!hecaton::MapOptions().keep_on_interrupt);
}

TEST_CASE("stop: a map ends as soon as an error is known, waits for nobody, and the pool goes on") {
    Gate gate;
    expect_bad_item([&] { stopping().map(hecaton::bind_front(spring, trap(gate)), numbers(1'000)); });
    CHECK(gate.arrivals() == static_cast<std::size_t>(pool().size()) - 1);
    CHECK(pool().last_map().items == 1);
    CHECK(pool().last_map().failed == 1);
    CHECK(pool().apply(square, 5) == 25);  // the worker of the bad item is free
    gate.open();
    CHECK(pool().map(square, numbers(100))[9] == 81);
    CHECK(gate.arrivals() == static_cast<std::size_t>(pool().size()) - 1);  // nothing was handed out later
}

TEST_CASE("stop: every other form") {
    Gate gate;
    SECTION("starmap") {
        std::vector<std::tuple<int>> items;
        for (const int x : numbers(100)) items.emplace_back(x);
        expect_bad_item([&] { stopping().starmap(hecaton::bind_front(spring, trap(gate)), items); });
    }
    SECTION("map_reduce") {
        expect_bad_item([&] {
            (void)stopping().map_reduce(
                hecaton::bind_front(spring, trap(gate)), [](int a, int b) { return a + b; }, 0, numbers(100));
        });
    }
    SECTION("map_async, and its callback") {
        auto result = stopping().map_async(hecaton::bind_front(spring, trap(gate)), numbers(100));
        std::atomic<bool> called{false};
        result.on_complete([&] { called.store(true); });
        result.wait();
        CHECK(!result.successful());
        expect_bad_item([&] { result.get(); });
        CHECK(called.load());
    }
    SECTION("a map with costs") {
        auto options = hecaton::MapOptions{.chunk_size = 1, .on_error = OnError::stop};
        options.cost = [](std::size_t i) { return static_cast<double>(i); };
        expect_bad_item([&] { pool().with(options).map(hecaton::bind_front(spring, trap(gate, 99)), numbers(100)); },
                        99);
    }
    SECTION("large items and results, which are the caller's memory") {
        struct Large {
            int number;
            char rest[20'000];
        };
        std::optional<std::vector<Large>> items(std::in_place, 200U);
        for (int i = 0; i < 200; ++i) (*items)[static_cast<std::size_t>(i)].number = i;
        const auto f = [](const Trap& set, Large large) {
            large.number = spring(set, large.number);
            return large;
        };
        expect_bad_item([&] { stopping().map(hecaton::bind_front(f, trap(gate)), *items); });
        items.reset();
        gate.open();
        CHECK(pool().map(square, {3}) == std::vector{9});
    }
    SECTION("apply") {
        expect_bad_item([&] { stopping().apply(hecaton::bind_front(spring, Trap{gate.path(), 0, 1}), 0); });
    }
    SECTION("no error") { CHECK(stopping().map(square, {1, 2, 3}) == std::vector{1, 4, 9}); }
}

TEST_CASE("stop: the error is that of the lowest index among those known") {
    const auto f = [](int x) -> int { throw std::out_of_range(std::to_string(x)); };
    try {
        stopping(10).map(f, {7, 8, 9});  // with several ranks the last one may have become known first
        FAIL("no error");
    } catch (const std::out_of_range& error) {
        if (pool().size() == 1) CHECK(std::string(error.what()) == "7");
    }
}

TEST_CASE("stop: map_outcomes says of each item what became of it") {
    Gate gate;
    const auto all = stopping().map_outcomes(hecaton::bind_front(spring, trap(gate)), numbers(50));
    REQUIRE(all.size() == 50);
    CHECK(all[0].error().type_name() == "std::out_of_range");
    CHECK(all[0].rank >= 0);
    for (std::size_t i = 1; i < all.size(); ++i) {
        CAPTURE(i);
        CHECK(all[i].index == i);
        CHECK(all[i].rank == -1);
        CHECK(all[i].error().index() == i);
        CHECK(all[i].error().text() ==
              "item 0 had failed before this one was finished, and MapOptions::on_error is OnError::stop");
        CHECK_THROWS_AS(all[i].value(), TaskCancelled);
    }
}

TEST_CASE("stop: imap yields what comes before the error, the error at its place, and then ends") {
    const auto f = [](int x) { return x == 5 ? throw std::out_of_range("bad item") : x; };
    for (const std::size_t buffer : {0U, 1U, 100U}) {
        CAPTURE(buffer);
        auto options = hecaton::MapOptions{.chunk_size = 1, .buffer_size = buffer, .on_error = OnError::stop};
        auto results = pool().with(options).imap(f, std::views::iota(0));
        std::vector<int> seen;
        expect_bad_item(
            [&] {
                for (const int x : results) seen.push_back(x);
            },
            5);
        CHECK(seen == numbers(5));
        // Whoever goes on finds what was done meanwhile, and that the rest was cancelled, and then the end.
        int next = 6;
        for (auto it = results.begin(); it != results.end(); ++it, ++next) CHECK(value_or_cancelled(it, next));
        CHECK(results.report().failed == 1);
    }
}

TEST_CASE("stop: imap_outcomes and the unordered forms end, too, although the input does not") {
    const auto f = [](int x) { return x == 5 ? throw std::out_of_range("bad item") : x; };
    std::uint64_t next = 0;
    int errors = 0;
    for (const auto& outcome : stopping().imap_outcomes(f, std::views::iota(0))) {
        CHECK(outcome.index == next++);
        if (outcome.index < 5) CHECK(outcome.value() == static_cast<int>(outcome.index));
        if (outcome.index == 5) CHECK(outcome.error().type_name() == "std::out_of_range");
        if (outcome.index > 5 && !outcome) CHECK_THROWS_AS(outcome.value(), TaskCancelled);
    }
    CHECK(next > 5);
    std::vector<std::uint64_t> seen;
    for (const auto& outcome : stopping().imap_unordered_outcomes(f, std::views::iota(0))) {
        seen.push_back(outcome.index);
        if (!outcome && outcome.error().type_name() == "std::out_of_range") ++errors;
    }
    CHECK(errors == 1);
    std::ranges::sort(seen);
    CHECK(std::ranges::adjacent_find(seen) == seen.end());
    CHECK(seen.back() + 1 == seen.size());
}

TEST_CASE("stop: an error does not wait for the items of imap that are behind it") {
    Gate gate;
    auto results = stopping().imap(hecaton::bind_front(spring, trap(gate)), std::views::iota(0));
    expect_bad_item([&] { static_cast<void>(*results.begin()); });
    for (auto it = results.begin(); it != results.end(); ++it) CHECK_THROWS_AS(*it, TaskCancelled);
}

TEST_CASE("stop: isolated items that nobody waits for are killed") {
    const auto f = [](const Trap& set, int x) {
        if (x != set.bad) {
            hecaton::test::pass(set.gate);
            for (;;) ::pause();
        }
        return spring(set, x);
    };
    Gate gate;
    expect_bad_item([&] {
        pool()
            .with({.chunk_size = 1, .isolate = true, .on_error = OnError::stop})
            .map(hecaton::bind_front(f, trap(gate)), numbers(20));
    });
    // One that had not ended would keep its worker for ever.
    const auto meet = [](const std::string& path, int) {
        hecaton::test::wait_at(path);
        return hecaton::this_worker::rank();
    };
    Gate all;
    auto ranks =
        pool().with({.chunk_size = 1}).map_async(hecaton::bind_front(meet, all.path()), numbers(pool().size()));
    all.wait_for_arrivals(static_cast<std::size_t>(pool().size()));
    all.open();
    auto seen = std::move(ranks).get();
    std::ranges::sort(seen);
    CHECK(std::ranges::adjacent_find(seen) == seen.end());
}

TEST_CASE("stop: a shared value that is released lives as long as items that run may read it") {
    Gate gate;
    {
        auto shared = pool().broadcast(std::vector<double>(100'000, 1.5));
        const auto f = [](const Trap& set, const hecaton::Shared<std::vector<double>>& values, int x) {
            const std::vector<double>& here = *values;
            const int result = spring(set, x);
            return result + static_cast<int>(std::accumulate(here.begin(), here.end(), 0.0));
        };
        expect_bad_item([&] { stopping().map(hecaton::bind_front(f, trap(gate), shared), numbers(100)); });
        pool().release(shared);
    }
    gate.open();
    CHECK(pool().map(square, numbers(10))[3] == 9);
}

TEST_CASE("with progress, errors are said when they happen, with a count") {
    std::string text;
    {
        const hecaton::test::Captured captured(STDERR_FILENO);
        const auto f = [](int) -> int { throw std::range_error("bad grid"); };
        CHECK(pool().with({.chunk_size = 1, .progress = true, .name = "sweep"}).map_outcomes(f, numbers(100)).size() ==
              100);
        text = captured.text();
    }
    CAPTURE(text);
    CHECK(text.starts_with("hecaton: \"sweep\": item "));
    CHECK(text.find(" of " + hecaton::this_worker::host() + " failed: std::range_error: bad grid") !=
          std::string::npos);
    std::size_t said = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line); ++said) {
        const auto count = line.find("(and ");
        if (count != std::string::npos) said += std::stoul(line.substr(count + 5));
    }
    CHECK(said == 100);
}

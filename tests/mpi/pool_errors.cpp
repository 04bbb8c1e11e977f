// Errors across ranks, and calls that are never right.
#include <cerrno>
#include <mpi/pool_under_test.hpp>
#include <numeric>
#include <ranges>
#include <string>
#include <system_error>
#include <vector>

using namespace std::string_literals;

namespace {

struct OwnError : std::out_of_range {
    using std::out_of_range::out_of_range;
};

int fails_at_3_and_7(int x) {
    if (x == 3) throw OwnError("three is out");
    if (x == 7) throw std::runtime_error("seven");
    return x;
}

struct Silent : std::exception {
    const char* what() const noexcept override { return nullptr; }
};

int silent_at_3(int x) {
    if (x == 3) throw Silent();
    return x;
}

std::vector<int> ten() {
    std::vector<int> result(10);
    std::iota(result.begin(), result.end(), 0);
    return result;
}

// A value whose serialize throws where it is asked to.
struct Fragile {
    int value = 0;
    bool break_saving = false;
    bool break_loading = false;
    std::string keeps_it_from_being_bytes;
    template <class Archive>
    void serialize(Archive& archive, unsigned) {
        if (Archive::is_saving::value && break_saving) throw std::runtime_error("cannot be saved");
        archive& value& break_saving& break_loading;
        if (Archive::is_loading::value && break_loading) throw std::runtime_error("cannot be loaded");
    }
};

}  // namespace

TEST_CASE("the error of the lowest index arrives with its own type, text and place") {
    for (int round = 0; round < 3; ++round) {
        try {
            pool().with({.chunk_size = 1}).map(fails_at_3_and_7, ten());
            FAIL("nothing was thrown");
        } catch (const std::out_of_range& error) {
            CHECK(error.what() == "three is out"s);
            const auto& task = dynamic_cast<const hecaton::TaskError&>(error);
            CHECK(task.index() == 3);
            CHECK(task.rank() >= 0);
            CHECK(!task.host().empty());
            CHECK_THAT(task.type_name(), ContainsSubstring("OwnError"));
            CHECK_THAT(task.describe(), ContainsSubstring("item 3"));
        }
    }
    CHECK_THROWS_AS(pool().map(fails_at_3_and_7, ten()), std::exception);
    CHECK_THROWS_AS(pool().map(fails_at_3_and_7, ten()), hecaton::TaskError);
    CHECK_THROWS_AS(pool().map(fails_at_3_and_7, ten()), hecaton::Error);
}

TEST_CASE("exceptions without a standard base arrive too") {
    CHECK_THROWS_WITH(pool().apply([]() -> int { throw 42; }), "42");
    CHECK_THROWS_WITH(pool().apply([]() -> int { throw "a text"; }), "a text");
    try {
        pool().apply([]() -> int { throw std::vector<int>(); });
        FAIL("nothing was thrown");
    } catch (const hecaton::TaskError& error) {
        CHECK_THAT(error.type_name(), ContainsSubstring("std::vector<int"));
    }
    CHECK_THROWS_AS(pool().apply([]() -> int { throw std::bad_alloc(); }), std::bad_alloc);
}

TEST_CASE("an exception without a text fails its own item only") {
    for (const std::size_t chunk : {1U, 4U, 12U})
        for (const bool isolate : {false, true}) {
            const auto outcomes =
                pool().with({.chunk_size = chunk, .isolate = isolate}).map_outcomes(silent_at_3, ten());
            for (int i = 0; i < 10; ++i) {
                CAPTURE(chunk, isolate, i);
                const auto& outcome = outcomes[static_cast<std::size_t>(i)];
                REQUIRE(outcome.has_value() == (i != 3));
                if (i == 3) CHECK_THAT(outcome.error().describe(), ContainsSubstring("Silent (no text) (item 3"));
            }
        }
}

TEST_CASE("a code and its words arrive") {
    try {
        pool().apply([]() -> int { throw std::system_error(EACCES, std::generic_category(), "opening"); });
        FAIL("nothing was thrown");
    } catch (const std::system_error& error) {
        CHECK(error.code() == std::errc::permission_denied);
        CHECK(error.what() == "opening: Permission denied"s);
    }
}

TEST_CASE("map evaluates every item although one fails") {
    const auto outcomes = pool().map_outcomes(fails_at_3_and_7, ten());
    REQUIRE(outcomes.size() == 10);
    for (std::size_t i = 0; i < 10; ++i) {
        CAPTURE(i);
        CHECK(outcomes[i].index == i);
        CHECK(outcomes[i].has_value() == (i != 3 && i != 7));
        if (outcomes[i]) CHECK(outcomes[i].value() == static_cast<int>(i));
    }
    CHECK(outcomes[7].error().what() == "seven"s);
    CHECK(outcomes[7].error().index() == 7);
    CHECK_THROWS_AS(outcomes[3].value(), std::out_of_range);
    CHECK_THROWS_AS(std::rethrow_exception(outcomes[3].error()), std::out_of_range);
    CHECK_THROWS_AS(outcomes[0].error(), hecaton::UsageError);
}

TEST_CASE("a value that cannot be saved or loaded fails its own item only, again and again") {
    for (int round = 0; round < 20; ++round) {
        std::vector<Fragile> items(10);
        for (int i = 0; i < 10; ++i) items[static_cast<std::size_t>(i)].value = i;
        items[2].break_saving = true;
        items[5].break_loading = true;
        const auto arguments = pool().map_outcomes([](const Fragile& f) { return f.value; }, items);
        const auto results = pool().map_outcomes(
            [](int i) {
                Fragile f;
                f.value = i;
                f.break_saving = i == 2;
                f.break_loading = i == 5;
                return f;
            },
            ten());
        for (std::size_t i = 0; i < 10; ++i) {
            CAPTURE(i);
            CHECK(arguments[i].has_value() == (i != 2 && i != 5));
            CHECK(results[i].has_value() == (i != 2 && i != 5));
        }
        CHECK(arguments[2].error().what() == "cannot be saved"s);
        CHECK(arguments[2].error().type_name() == "std::runtime_error");
        CHECK(results[5].error().what() == "cannot be loaded"s);
    }
}

TEST_CASE("an input that throws stops the map; the error arrives as it is") {
    auto input = std::views::iota(0, 100) |
                 std::views::transform([](int i) { return i == 50 ? throw std::length_error("fifty") : i; });
    try {
        pool().map([](int x) { return x; }, input);
        FAIL("nothing was thrown");
    } catch (const std::length_error& error) {
        CHECK(error.what() == "fifty"s);
        CHECK(dynamic_cast<const hecaton::TaskError*>(&error) == nullptr);
    }
    CHECK(pool().apply([] { return 1; }) == 1);
}

TEST_CASE("pool calls inside a task are a usage error") {
    // The task runs on the root or elsewhere; both refuse, each in its own way.
    auto* const address = &pool();
    const auto id = reinterpret_cast<std::uintptr_t>(address) ^ 0x5555555555555555U;  // past the scan for addresses
    const auto outcomes =
        pool()
            .with({.chunk_size = 1})
            .map_outcomes(
                [id](int) {
                    if (hecaton::this_worker::rank() != 0) return 1;
                    reinterpret_cast<hecaton::Pool*>(id ^ 0x5555555555555555U)->map([](int x) { return x; }, {1});
                    return 0;
                },
                std::views::iota(0, 4 * pool().size()));
    for (const auto& outcome : outcomes)
        if (outcome.rank == 0) CHECK_THROWS_AS(outcome.value(), hecaton::UsageError);
}

TEST_CASE("impossible options are refused, and change nothing") {
    CHECK_THROWS_AS(pool().with({.chunk_size = static_cast<std::size_t>(-1)}), hecaton::UsageError);
    CHECK_THROWS_AS(pool().with({.attempts = 0}), hecaton::UsageError);
    CHECK_THROWS_AS(pool().serve(), hecaton::UsageError);
    CHECK_THROWS_AS(pool().join(), std::logic_error);
    CHECK_THROWS_AS(hecaton::this_task::index(), hecaton::UsageError);
    CHECK(pool().apply([] { return 1; }) == 1);
}

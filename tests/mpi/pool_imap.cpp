// imap and its kin: what they yield, how far they read, and what errors do.
#include <algorithm>
#include <atomic>
#include <mpi/pool_under_test.hpp>
#include <numeric>
#include <ranges>
#include <set>
#include <sstream>
#include <string>
#include <support/events.hpp>
#include <support/square.hpp>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using hecaton::test::Gate;
using hecaton::test::square;

namespace {

using Lazy = hecaton::LazyRange<int>;
static_assert(std::ranges::input_range<Lazy>);
static_assert(!std::ranges::forward_range<Lazy>);
static_assert(!std::is_copy_constructible_v<Lazy> && std::is_nothrow_move_constructible_v<Lazy>);
static_assert(std::is_same_v<std::ranges::range_reference_t<Lazy>, int&>);
static_assert(std::is_same_v<std::ranges::range_value_t<hecaton::LazyRange<void>>, std::monostate>);

template <class Range>
auto all_of(Range&& range) {
    std::vector<std::ranges::range_value_t<Range>> values;
    for (auto& value : range) values.push_back(std::move(value));
    return values;
}

// 0, 1, 2, ..., and how many of them were asked for.
auto counted(int& read, int end) {
    return std::views::iota(0, end) | std::views::transform([&read](int i) {
               ++read;
               return i;
           });
}

}  // namespace

TEST_CASE("imap yields in input order, imap_unordered each once") {
    std::vector<int> xs(2'000);
    std::iota(xs.begin(), xs.end(), 0);
    const auto squares = pool().map(square, xs);
    for (const std::size_t chunk : {0U, 1U, 7U, 100'000U}) {
        CAPTURE(chunk);
        CHECK(all_of(pool().with({.chunk_size = chunk}).imap(square, xs)) == squares);
        auto any = all_of(pool().with({.chunk_size = chunk}).imap_unordered(square, xs));
        std::ranges::sort(any);
        CHECK(any == squares);
    }
}

TEST_CASE("imap takes what map takes") {
    CHECK(all_of(pool().imap(square, {1, 2, 3})) == std::vector{1, 4, 9});
    CHECK(all_of(pool().imap([](const std::string& s) { return s + "!"; }, {"a", "b"})) ==
          std::vector<std::string>{"a!", "b!"});
    CHECK(all_of(pool().imap([](int a, int b, const std::string& s) { return s + std::to_string(a + b); },
                             std::vector{1, 2}, std::views::iota(10), std::vector<std::string>{"x", "y", "z"})) ==
          std::vector<std::string>{"x11", "y13"});
    CHECK(all_of(pool().imap([](int a, double b) { return a + b; }, {1, 2}, {0.5, 0.25})) == std::vector{1.5, 2.25});
    CHECK(all_of(pool().imap(
              hecaton::bind_front([](const std::string& w, int n) { return w + std::to_string(n); }, std::string("n")),
              {1})) == std::vector<std::string>{"n1"});
    CHECK(all_of(pool().imap([](bool b) { return !b; }, std::vector<bool>{true, false})) == std::vector{false, true});
    CHECK(all_of(pool().imap([](int) {}, {1, 2, 3})).size() == 3);
    CHECK(all_of(pool().imap(square, std::vector<int>{})).empty());
    const int array[] = {3, 4};
    CHECK(all_of(pool().imap(square, array)) == std::vector{9, 16});
}

TEST_CASE("imap_outcomes has index, value or error, and where it ran") {
    const auto f = [](int x) { return x == 2 ? throw std::domain_error("two") : x + 1; };
    std::set<std::uint64_t> seen;
    for (auto& outcome : pool().imap_unordered_outcomes(f, {0, 1, 2, 3})) {
        seen.insert(outcome.index);
        CHECK(outcome.has_value() == (outcome.index != 2));
        if (outcome) CHECK(outcome.value() == static_cast<int>(outcome.index) + 1);
        if (!outcome) CHECK(outcome.error().index() == 2);
        CHECK(outcome.attempts == 1);
        CHECK(outcome.rank >= 0);
        CHECK(!outcome.host.empty());
        CHECK(outcome.started.time_since_epoch().count() > 0);
    }
    CHECK(seen.size() == 4);
    std::uint64_t next = 0;
    for (const auto& outcome : pool().imap_outcomes([](int) {}, {5, 6})) {
        CHECK(outcome.index == next++);
        CHECK(outcome.has_value());
    }
    CHECK(next == 2);
}

TEST_CASE("the input may be endless, and leaving early cancels the rest") {
    int sum = 0;
    for (int y : pool().imap(square, std::views::iota(0))) {
        if (y > 100) break;
        sum += y;
    }
    CHECK(sum == 385);
    int count = 0;
    for (int y : pool().imap_unordered(square, std::views::iota(0)) | std::views::take(5)) count += y >= 0 ? 1 : 0;
    CHECK(count == 5);
    static_cast<void>(pool().imap(square, std::views::iota(0)));
    CHECK(pool().map(square, {3}) == std::vector{9});
}

TEST_CASE("leaving early does not wait for what runs") {
    Gate gate;
    const auto slow = [](const std::string& closed, int) { hecaton::test::wait_at(closed); };
    { auto left = pool().imap(hecaton::bind_front(slow, gate.path()), std::views::iota(0)); }
    gate.open();
    CHECK(pool().map(square, {3}) == std::vector{9});
}

TEST_CASE("the input is read no further ahead than buffer_size") {
    for (const std::size_t buffer : {1U, 2U, 9U, 10U, 11U}) {
        for (const std::size_t chunk : {0U, 1U, 10U, 100U}) {
            for (const bool ordered : {true, false}) {
                CAPTURE(buffer, chunk, ordered);
                int read = 0;
                int yielded = 0;
                const auto options = pool().with({.chunk_size = chunk, .buffer_size = buffer});
                auto run = [&](auto&& results) {
                    CHECK(read >= 1);
                    CHECK(read <= static_cast<int>(buffer));
                    for (int y : results) {
                        ++yielded;
                        if (ordered) CHECK(y == square(yielded - 1));
                        REQUIRE(read >= yielded);
                        REQUIRE(read - yielded <= static_cast<int>(buffer));
                    }
                };
                if (ordered) {
                    run(hecaton::PoolWithOptions(options).imap(square, counted(read, 40)));
                } else {
                    run(hecaton::PoolWithOptions(options).imap_unordered(square, counted(read, 40)));
                }
                CHECK(yielded == 40);
                CHECK(read == 40);
            }
        }
    }
}

TEST_CASE("an automatic buffer is small for slow items") {
    int read = 0;
    int yielded = 0;
    for (int y : pool().imap(
             [](int x) {
                 std::this_thread::sleep_for(2ms);
                 return x;
             },
             counted(read, 1'000'000))) {
        REQUIRE(y == yielded);
        if (++yielded == 20) break;
    }
    CHECK(read < 2'000 * pool().size());
}

TEST_CASE("ranges that can be read only once") {
    std::istringstream text("1 2 3 4 5");
    CHECK(all_of(pool().imap(square, std::views::istream<int>(text))) == std::vector{1, 4, 9, 16, 25});
    CHECK(all_of(pool().imap(square, pool().imap(square, {1, 2, 3}))) == std::vector{1, 16, 81});
    auto inner = pool().imap(square, std::views::iota(0));
    CHECK(all_of(pool().imap([](int a, int b) { return a - b; }, std::views::iota(0), std::views::empty<int>)).empty());
    CHECK(all_of(pool().imap([](int a, int b) { return a - b; }, std::move(inner), std::views::iota(0, 4))) ==
          std::vector{0, 0, 2, 6});
}

TEST_CASE("an lvalue is referred to, an rvalue owned") {
    std::vector<std::string> words{"a", "b"};
    auto results = pool().with({.buffer_size = 1}).imap([](const std::string& s) { return s; }, words);
    words[1] = "changed";
    CHECK(all_of(results) == std::vector<std::string>{"a", "changed"});
    auto owned = [] { return pool().with({.buffer_size = 1}).imap(square, std::vector{1, 2, 3}); }();
    CHECK(all_of(owned) == std::vector{1, 4, 9});
}

TEST_CASE("an item's error is thrown at its place, each time, and the rest follows") {
    const auto f = [](int x) { return x % 3 == 1 ? throw std::domain_error(std::to_string(x)) : x; };
    auto results = pool().with({.chunk_size = 4}).imap(f, std::views::iota(0, 9));
    std::vector<int> got;
    for (auto it = results.begin(); it != results.end(); ++it) {
        try {
            got.push_back(*it);
        } catch (const std::domain_error&) {
            got.push_back(-1);
            CHECK_THROWS_AS(*it, hecaton::TaskError);
        }
    }
    CHECK(got == std::vector{0, -1, 2, 3, -1, 5, 6, -1, 8});
    CHECK(results.report().items == 9);
    CHECK(results.report().failed == 3);
}

TEST_CASE("after an error has left a loop, the next loop goes on behind it") {
    const auto f = [](int x) { return x % 3 == 1 ? throw std::domain_error(std::to_string(x)) : x; };
    auto results = pool().imap(f, std::views::iota(0, 6));
    std::vector<int> got;
    int errors = 0;
    for (bool over = false; !over;) {
        try {
            for (int y : results) got.push_back(y);
            over = true;
        } catch (const hecaton::TaskError& error) {
            CHECK(error.index() == static_cast<std::uint64_t>(3 * errors + 1));
            ++errors;
        }
    }
    CHECK(errors == 2);
    CHECK(got == std::vector{0, 2, 3, 5});
    CHECK(results.begin() == results.end());
}

TEST_CASE("begin() gives the current element again") {
    auto results = pool().imap(square, {1, 2, 3});
    CHECK(*results.begin() == 1);
    CHECK(*results.begin() == 1);
    auto it = results.begin();
    ++it;
    CHECK(*results.begin() == 4);
    auto moved = std::move(results);
    CHECK(*moved.begin() == 4);
}

TEST_CASE("an input that throws: what it gave before, then its own error, then the end") {
    struct Own {
        int value;
    };
    for (const bool ordered : {true, false}) {
        const auto input = [] {
            return std::views::iota(0, 100) | std::views::transform([](int i) {
                       if (i == 40) throw Own{i};
                       return i;
                   });
        };
        auto results = ordered ? pool().imap(square, input()) : pool().imap_unordered(square, input());
        std::vector<int> got;
        try {
            for (int y : results) got.push_back(y);
            FAIL("the input's error did not arrive");
        } catch (const Own& own) {
            CHECK(own.value == 40);
        }
        CHECK(got.size() == 40);
        CHECK(results.begin() == results.end());
        CHECK(results.report().items == 40);
    }
    auto at_once =
        pool().imap(square, std::views::iota(0, 3) | std::views::transform([](int) -> int { throw Own{7}; }));
    auto it = at_once.begin();
    CHECK_THROWS_AS(*it, Own);
    CHECK_THROWS_AS(*it, Own);
    ++it;
    CHECK(it == at_once.end());
    CHECK(pool().map(square, {3}) == std::vector{9});
}

namespace {
// Can be encoded unless it is 1; can be decoded unless it is 2.
struct Fragile {
    int value = 0;
    std::string text = {};  // so that it is no plain bytes
    template <class Archive>
    void serialize(Archive& archive, unsigned) {
        if (Archive::is_saving::value && value == 1) throw std::length_error("cannot be saved");
        archive& value;
        if (Archive::is_loading::value && value == 2) throw std::range_error("cannot be loaded");
    }
};
}  // namespace

TEST_CASE("values that do not travel fail alone") {
    const auto check = [](auto&& results) {
        std::vector<int> values;
        std::vector<std::string> errors;
        for (auto& outcome : results) {
            if (outcome) values.push_back(1);
            if (!outcome) errors.push_back(outcome.error().text() + " " + std::to_string(outcome.error().index()));
        }
        CHECK(values.size() == 2);
        CHECK(errors == std::vector<std::string>{"cannot be saved 1", "cannot be loaded 2"});
        CHECK(results.report().failed == 2);
    };
    std::vector<Fragile> items{{0}, {1}, {2}, {3}};
    check(pool().imap_outcomes([](const Fragile& f) { return f.value; }, items));
    check(pool().imap_outcomes([](int i) { return Fragile{i}; }, {0, 1, 2, 3}));
}

TEST_CASE("several lazy calls at once, and others next to them") {
    auto squares = pool().imap(square, std::views::iota(0));
    auto sums = pool().imap_unordered([](int a, int b) { return a + b; }, std::views::iota(0), std::views::iota(1));
    auto later = pool().map_async(square, std::views::iota(0, 100));
    auto a = squares.begin();
    auto b = sums.begin();
    long odd = 0;
    for (int i = 0; i < 500; ++i, ++a, ++b) {
        REQUIRE(*a == i * i);
        odd += *b % 2;
        if (i == 250) CHECK(pool().map(square, {i}) == std::vector{i * i});
    }
    CHECK(odd == 500);
    CHECK(later.get()[99] == 99 * 99);
}

TEST_CASE("several threads may iterate at once") {
    std::atomic<int> right{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t)
        threads.emplace_back([&right, t] {
            int i = 0;
            for (int y : pool().imap([t](int x) { return x + t; }, std::views::iota(0, 2'000)))
                if (y == t + i++) ++right;
        });
    for (auto& thread : threads) thread.join();
    CHECK(right == 6'000);
}

TEST_CASE("a lazy call is refused where the others are") {
    std::atomic<int> refused{0};
    auto results = pool().imap(square, {1, 2, 3});
    CHECK_THROWS_AS(results.report(), hecaton::UsageError);
    auto others = pool().imap(square, {1, 2, 3});
    auto begun = others.begin();
    auto done = pool().apply_async(square, 1);
    done.wait();
    done.on_complete([&] {
        const auto refuses = [&](auto&& call) {
            try {
                call();
            } catch (const hecaton::UsageError&) {
                ++refused;
            }
        };
        refuses([] { (void)pool().imap(square, {1}); });
        refuses([&] { results.begin(); });
        refuses([&] { ++begun; });
    });
    CHECK(refused == 3);
    CHECK(*begun == 1);
    CHECK(all_of(results) == std::vector{1, 4, 9});
    CHECK(results.report().items == 3);
    CHECK_THROWS_AS(pool().with({.attempts = 0}).imap(square, {1}), hecaton::UsageError);
}

TEST_CASE("a slow body keeps the workers supplied") {
    const Gate gate;
    const auto f = [](const std::string& passed, int) {
        std::this_thread::sleep_for(20ms);
        hecaton::test::pass(passed);
    };
    int items = 0;
    auto results = pool()
                       .with({.chunk_size = 1, .buffer_size = 40})
                       .imap_unordered(hecaton::bind_front(f, gate.path()), std::views::iota(0, 40));
    gate.wait_for_arrivals(40);  // nobody asks for a result meanwhile
    for ([[maybe_unused]] auto& done : results) ++items;
    CHECK(items == 40);
}

TEST_CASE("large values, in and out") {
    const auto f = [](const std::vector<int>& v) { return std::vector<int>(v.rbegin(), v.rend()); };
    auto input = std::views::iota(0, 12) | std::views::transform([](int i) { return std::vector<int>(100'000, i); });
    int i = 0;
    for (const auto& v : pool().imap(f, input)) {
        CHECK(v.size() == 100'000);
        CHECK(v.front() == i++);
    }
    CHECK(i == 12);
}

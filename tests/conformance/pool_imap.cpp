// imap and imap_unordered, as multiprocessing and mpi4py.futures have them.
#include <algorithm>
#include <chrono>
#include <mpi/pool_under_test.hpp>
#include <ranges>
#include <stdexcept>
#include <support/events.hpp>
#include <support/square.hpp>
#include <vector>

using hecaton::test::square;

namespace {

int fail_at_3(int x) { return x == 3 ? throw std::domain_error("three") : x; }

template <class Range>
std::vector<int> all(Range&& range) {
    std::vector<int> result;
    for (const int x : range) result.push_back(x);
    return result;
}

std::vector<int> squares(int n) {
    std::vector<int> result;
    for (int x = 0; x < n; ++x) result.push_back(x * x);
    return result;
}

}  // namespace

TEST_CASE("multiprocessing: imap keeps the order and ends, with and without chunks") {
    CHECK(all(pool().imap(square, std::views::iota(0, 100))) == squares(100));
    CHECK(all(pool().with({.chunk_size = 100}).imap(square, std::views::iota(0, 1000))) == squares(1000));
    auto results = pool().imap(square, std::views::iota(0, 3));
    auto at = results.begin();
    for (int i = 0; i < 3; ++i, ++at) CHECK(*at == i * i);
    CHECK(at == results.end());
}

TEST_CASE("multiprocessing: imap_unordered gives the same results in some order, with and without chunks") {
    for (const std::size_t chunk : {0U, 1U, 53U}) {
        auto results = all(pool().with({.chunk_size = chunk}).imap_unordered(square, std::views::iota(0, 500)));
        std::ranges::sort(results);
        CHECK(results == squares(500));
    }
}

TEST_CASE("multiprocessing: imap over an input that throws yields the earlier items first; the pool is reusable") {
    auto input = std::views::iota(0, 20) | std::views::transform([](int i) {
                     if (i == 10) throw std::length_error("ten");
                     return i;
                 });
    for (const std::size_t chunk : {0U, 1U, 4U}) {
        std::vector<int> seen;
        auto results = pool().with({.chunk_size = chunk}).imap(square, input);
        CHECK_THROWS_AS(
            [&] {
                for (const int x : results) seen.push_back(x);
            }(),
            std::length_error);
        CHECK(seen == squares(10));
    }
    CHECK(pool().apply(square, 3) == 9);
}

TEST_CASE("multiprocessing: imap throws an item's error at its place and goes on after it") {
    auto results = pool().imap(fail_at_3, std::views::iota(0, 6));
    std::vector<int> seen;
    int errors = 0;
    for (auto at = results.begin(); at != results.end(); ++at) {
        try {
            seen.push_back(*at);
        } catch (const std::domain_error&) {
            ++errors;
            CHECK(seen.size() == 3);
        }
    }
    CHECK(errors == 1);
    CHECK(seen == std::vector{0, 1, 2, 4, 5});
}

TEST_CASE("users ask: imap is lazy, an endless input is legal, and leaving the loop leaves the pool usable") {
    int read = 0;
    auto endless = std::views::iota(0) | std::views::transform([&read](int i) { return ++read, i; });
    int taken = 0;
    for (const int x : pool().imap(square, endless)) {
        CHECK(x == taken * taken);
        if (++taken == 100) break;
    }
    CHECK(read < 1'000'000);
    CHECK(pool().apply(square, 4) == 16);
}

TEST_CASE("mpi4py.futures: a look-ahead buffer of 1, 2, 9, 10 and 11 items") {
    for (const std::size_t buffer : {1U, 2U, 9U, 10U, 11U}) {
        CAPTURE(buffer);
        std::size_t read = 0;
        std::size_t yielded = 0;
        std::size_t most_ahead = 0;
        auto input = std::views::iota(0, 10) | std::views::transform([&](int i) {
                         most_ahead = std::max(most_ahead, ++read - yielded);
                         return i;
                     });
        std::vector<int> seen;
        for (const int x : pool().with({.buffer_size = buffer}).imap(square, input)) {
            ++yielded;
            seen.push_back(x);
        }
        CHECK(seen == squares(10));
        CHECK(most_ahead <= buffer + 1);  // an element counts as yielded before this loop has counted it
    }
}

TEST_CASE("two imaps over one pool, in turn") {
    auto odd = pool().imap([](int x) { return 2 * x + 1; }, std::views::iota(0));
    auto even = pool().imap([](int x) { return 2 * x; }, std::views::iota(0));
    auto o = odd.begin();
    auto e = even.begin();
    for (int i = 0; i < 200; ++i, ++o, ++e) {
        CHECK(*o == 2 * i + 1);
        CHECK(*e == 2 * i);
    }
}

TEST_CASE("a chunk of one item does not wait for a long one before it") {
    hecaton::test::Gate gate;
    const auto f = hecaton::bind_front(
        [](const std::string& closed, int i) {
            if (i == 5'000) hecaton::test::wait_at(closed);
            return i;
        },
        gate.path());
    if (pool().size() == 1) gate.open();
    std::vector<int> seen;
    for (const int i : pool().with({.chunk_size = 1}).imap_unordered(f, std::views::iota(0, 10'000))) {
        seen.push_back(i);
        if (seen.size() == 9'999) gate.open();  // all but the long one have come
    }
    CHECK(seen.size() == 10'000);
    if (pool().size() > 1) CHECK(seen.back() == 5'000);
    std::ranges::sort(seen);
    CHECK(std::ranges::equal(seen, std::views::iota(0, 10'000)));
}

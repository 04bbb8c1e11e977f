// MapOptions::isolate and timeout, on the pool that all cases share.
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <mpi/pool_under_test.hpp>
#include <numeric>
#include <set>
#include <stdexcept>
#include <string>
#include <support/square.hpp>
#include <thread>
#include <tuple>
#include <vector>

using namespace std::chrono_literals;
using hecaton::test::square;

namespace {

std::vector<int> numbers(int n) {
    std::vector<int> result(static_cast<std::size_t>(n));
    std::iota(result.begin(), result.end(), 0);
    return result;
}

auto isolated(std::size_t chunk_size = 0, int attempts = 3) {
    return pool().with({.chunk_size = chunk_size, .attempts = attempts, .isolate = true});
}

int fragile_square(int x) {
    if (x == 5 || x == 11) ::raise(SIGSEGV);
    return x * x;
}
std::string fragile_text(const std::string& text) {
    if (text == "b") std::exit(3);
    if (text == "c") throw std::out_of_range("no c");
    return text + "!";
}

}  // namespace

TEST_CASE("isolated: all calls give what they give without") {
    const auto items = numbers(200);
    const auto squares = pool().map(square, items);
    for (const std::size_t chunk : {0U, 1U, 17U}) CHECK(isolated(chunk).map(square, items) == squares);
    CHECK(isolated().map([](int a, double b) { return a + b; }, {1, 2}, {0.5, 0.25}) == std::vector{1.5, 2.25});
    CHECK(isolated().starmap([](int a, int b) { return a - b; }, {std::tuple(3, 1), std::tuple(5, 2)}) ==
          std::vector{2, 3});
    CHECK(isolated().apply(square, 7) == 49);
    CHECK(isolated().map(fragile_text, {"x", "y"}) == std::vector<std::string>{"x!", "y!"});
    CHECK(isolated().map(square, std::vector<int>()).empty());
    isolated().map([](int) {}, items);
    CHECK(isolated().map_async(square, items).get() == squares);
    CHECK(isolated().starmap_async(square, std::vector<std::tuple<int>>{{4}}).get() == std::vector{16});
    CHECK(isolated().apply_async(square, 5).get() == 25);
    int offset = 3;
    CHECK(isolated().map([offset](int x) { return x + offset; }, {1, 2}) == std::vector{4, 5});
    CHECK(isolated().map(hecaton::bind_front([](const std::string& s, int x) { return s + std::to_string(x); }, "n"),
                         {1, 2}) == std::vector<std::string>{"n1", "n2"});
}

TEST_CASE("isolated: a crash costs its own item") {
    const auto all = isolated(4).map_outcomes(fragile_square, numbers(24));
    for (std::size_t i = 0; i < all.size(); ++i) {
        CAPTURE(i);
        CHECK(all[i].index == i);
        CHECK(all[i].rank >= 0);
        if (i == 5 || i == 11) {
            CHECK(all[i].attempts == 3);
            CHECK(all[i].error().text() == "killed by SIGSEGV (Segmentation fault) in each of 3 runs");
            CHECK(all[i].error().rank() == all[i].rank);
            CHECK(all[i].error().host() == hecaton::this_worker::host());
        } else {
            CHECK(all[i].attempts == 1);
            CHECK(all[i].value() == static_cast<int>(i * i));
        }
    }
    try {
        isolated().map(fragile_square, numbers(24));
        FAIL("no error");
    } catch (const hecaton::WorkerLost& error) {
        CHECK(error.index() == 5);
    }
    CHECK_THROWS_AS(isolated().apply(fragile_square, 5), hecaton::WorkerLost);
    CHECK_THROWS_AS(isolated().map_async(fragile_square, numbers(7)).get(), hecaton::WorkerLost);
    const auto texts = isolated(0, 1).map_outcomes(fragile_text, {"a", "b", "c", "d"});
    CHECK(texts[0].value() == "a!");
    CHECK(texts[1].error().text() == "exited with status 3 in the middle of the item");
    CHECK_THROWS_AS(texts[2].value(), std::out_of_range);
    CHECK(texts[3].value() == "d!");
    CHECK(pool().map(square, {1, 2}) == std::vector{1, 4});
}

TEST_CASE("isolated: an item that takes too long is ended, and the others are not") {
    const auto slow = [](int x) {
        if (x % 8 == 3) std::this_thread::sleep_for(1h);
        return x;
    };
    const auto all = pool().with({.timeout = 1s}).map_outcomes(slow, numbers(16));
    for (std::size_t i = 0; i < all.size(); ++i) {
        CAPTURE(i);
        CHECK(all[i].attempts == 1);
        if (i % 8 == 3) {
            CHECK_THROWS_AS(all[i].value(), hecaton::TaskTimeout);
            CHECK(all[i].error().text() == "the item took longer than its limit of 1 s, and was ended");
        } else {
            CHECK(all[i].value() == static_cast<int>(i));
        }
    }
    CHECK_THROWS_AS(pool().with({.timeout = 50ms}).apply(slow, 3), hecaton::TaskTimeout);
}

TEST_CASE("isolated: impossible timeouts are refused") {
    CHECK_THROWS_AS(pool().with({.timeout = -1s}), hecaton::UsageError);
    CHECK_THROWS_AS(pool().with({.timeout = std::chrono::duration<double>(std::nan(""))}), hecaton::UsageError);
}

TEST_CASE("isolated: a task knows where it is") {
    const auto all = isolated(1).map(
        [](int x) {
            const bool right = hecaton::this_task::index() == static_cast<std::uint64_t>(x) &&
                               hecaton::this_task::attempt() == 1 && !hecaton::this_worker::host().empty();
            return std::tuple(right, hecaton::this_worker::rank(), hecaton::this_worker::size(), ::getpid());
        },
        numbers(40));
    std::set<std::pair<int, int>> places;
    for (const auto& [right, rank, size, pid] : all) {
        CHECK(right);
        CHECK(size == pool().size());
        CHECK((rank >= 0 && rank < size));
        CHECK(pid != ::getpid());
        places.emplace(rank, pid);
    }
    CHECK(places.size() <= static_cast<std::size_t>(pool().size()));  // one sandbox for each rank, kept
    const auto runs = isolated().map(
        [](int x) {
            if (x == 2 && hecaton::this_task::attempt() < 3) std::abort();
            return hecaton::this_task::attempt();
        },
        numbers(4));
    CHECK(runs == std::vector<std::uint32_t>{1, 1, 3, 1});
}

TEST_CASE("isolated: map_reduce gives the same digits, and a crash costs its item") {
    const auto f = [](int x) { return std::sin(x) * 1e-3; };
    for (const int items : {0, 1, 50, 20'000}) {
        CAPTURE(items);
        CHECK(isolated().map_reduce(f, std::plus<>{}, 0.1, numbers(items)) ==
              pool().map_reduce(f, std::plus<>{}, 0.1, numbers(items)));
    }
    try {
        (void)isolated(0, 1).map_reduce(fragile_square, std::plus<>{}, 0, numbers(20));
        FAIL("no error");
    } catch (const hecaton::WorkerLost& error) {
        CHECK(error.index() == 5);
    }
}

TEST_CASE("isolated: Shared values are seen, small and large, until they are released") {
    const auto words = pool().broadcast(std::vector<std::string>{"a", "hundred", "arms"});
    const auto numbers = pool().broadcast(std::vector<double>(1 << 20, 0.25));
    const auto length = [words](int x) { return words->at(static_cast<std::size_t>(x)).size(); };
    const auto last = [numbers](int x) { return numbers->back() * x; };
    for (int round = 0; round < 2; ++round) {
        CHECK(isolated().map(length, {0, 1, 2}) == std::vector<std::size_t>{1, 7, 4});
        CHECK(isolated().map(last, {1, 2, 4}) == std::vector{0.25, 0.5, 1.0});
    }
    pool().release(words);
    CHECK_THROWS_AS(isolated().map(length, {2}), hecaton::UsageError);
    CHECK(isolated().map(last, {8}) == std::vector{2.0});
    pool().release(numbers);
    CHECK_THROWS_AS(isolated().map(last, std::views::iota(0, 20)), hecaton::UsageError);
}

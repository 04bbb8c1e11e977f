// What the thread that calls runs by itself, and what it shares.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mpi/callers.hpp>
#include <mpi/pool_under_test.hpp>
#include <numeric>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

namespace {

using namespace std::chrono_literals;

std::vector<int> numbers(int count) {
    std::vector<int> all(static_cast<std::size_t>(count));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

struct Where {
    std::uint64_t index;
    std::uint64_t random;
    std::uint32_t attempt;
    int rank;
    int size;
    bool by_caller;
};

thread_local bool caller = false;

Where where(int) {
    return {hecaton::this_task::index(),  hecaton::this_task::random()(), hecaton::this_task::attempt(),
            hecaton::this_worker::rank(), hecaton::this_worker::size(),   caller};
}

}  // namespace

TEST_CASE("what its caller runs sees what any item sees") {
    caller = true;
    std::vector<std::vector<Where>> all;
    for (const CallersPart part : all_parts) {
        const Callers callers(part);
        all.push_back(pool().map(where, numbers(50)));
        const bool whole = part == CallersPart::everything || part == CallersPart::everything_small;
        for (std::size_t i = 0; i < 50; ++i) {
            const Where& here = all.back()[i];
            CHECK(here.index == i);
            CHECK(here.random == all.front()[i].random);
            CHECK(here.attempt == 1);
            CHECK(here.size == pool().size());
            if (whole) CHECK(here.rank == 0);
            if (whole) CHECK(here.by_caller);
            if (part == CallersPart::nothing) CHECK_FALSE(here.by_caller);
        }
        CHECK(pool().last_map().items == 50);
        if (whole) CHECK(pool().last_map().by_caller == 50);
        if (part == CallersPart::nothing) CHECK(pool().last_map().by_caller == 0);
    }
    caller = false;
    CHECK_THROWS_AS(hecaton::this_task::index(), hecaton::UsageError);
    CHECK(hecaton::this_worker::rank() == 0);
}

TEST_CASE("whoever runs the items, the results are the same") {
    const std::vector<std::string> words{"a", "bc", "", "def"};
    const std::vector<double> xs{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7};
    const auto calls = [&] {
        return std::tuple(
            pool().map([](const std::string& w) { return w + w; }, words),
            pool().map([](const std::string& w) { return w.size(); }, words),
            pool().map([](double x, int i) { return x * i; }, xs, numbers(7)),
            pool().starmap([](int a, double b) { return a + b; }, {std::tuple(1, 2.5), std::tuple(2, 3.5)}),
            pool().apply([](int a, int b) { return a - b; }, 7, 5), pool().apply([] { return 3; }),
            pool().map([](int i) { return i % 2 == 0; }, numbers(5)),
            pool().map_reduce([](double x) { return x * x; }, std::plus<>(), 0.0, xs),
            pool().map_reduce([](int i) { return 1.0 / (1 + i); }, std::plus<>(), 0.25, numbers(30'000)),
            pool().map(hecaton::bind_front([](const std::string& a, int i) { return a + std::to_string(i); },
                                           std::string("n")),
                       numbers(3)));
    };
    const Callers pools(CallersPart::nothing);
    const auto expected = calls();
    for (const CallersPart part : all_parts) {
        const Callers callers(part);
        CHECK(calls() == expected);
        CHECK(calls() == expected);  // now their costs are known
    }
}

TEST_CASE("an item that throws where its caller runs it fails as anywhere") {
    for (const CallersPart part : all_parts) {
        const Callers callers(part);
        for (int i = 0; i < 3; ++i) {
            static std::atomic<int> run{0};
            run = 0;
            const auto f = [](int x) {
                ++run;
                if (x == 5) throw std::out_of_range("five");
                if (x == 3) throw std::domain_error("three");
                return x;
            };
            CHECK_THROWS_AS(pool().map(f, numbers(10)), std::domain_error);
            CHECK(pool().last_map().items == 10);
            if (part >= CallersPart::everything) CHECK(run == 10);
            try {
                pool().map(f, numbers(10));
            } catch (const hecaton::TaskError& error) {
                CHECK(error.index() == 3);
            }
            const auto outcomes = pool().map_outcomes(f, numbers(10));
            CHECK(outcomes[4].value() == 4);
            CHECK_FALSE(outcomes[5].has_value());
            CHECK(outcomes[5].host == hecaton::this_worker::host());
            CHECK(outcomes[5].attempts == 1);
        }
    }
    CHECK(pool().map([](int x) { return x; }, numbers(3)) == numbers(3));
}

TEST_CASE("an item that its caller runs cannot use the pool") {
    for (const CallersPart part : {CallersPart::as_pays, CallersPart::everything, CallersPart::everything_small}) {
        const Callers callers(part);
        static hecaton::Pool* own = nullptr;
        own = &pool();
        CHECK_THROWS_AS(
            pool().apply([](int x) { return own == nullptr ? x : own->apply([](int y) { return y; }, x); }, 1),
            hecaton::UsageError);
    }
}

TEST_CASE("the others get what is behind a long item of which nothing was known") {
    const Callers callers(CallersPart::as_pays);
    const auto ranks = pool().map(
        [](int) {
            std::this_thread::sleep_for(200ms);
            return hecaton::this_worker::rank();
        },
        numbers(4));
    CHECK(pool().last_map().items == 4);
    if (pool().size() == 1) return;
    CHECK(ranks.front() == 0);
    CHECK(pool().last_map().by_caller == 1);
    CHECK(std::set<int>(ranks.begin(), ranks.end()).size() > 1);
    CHECK(pool().last_map().workers == std::min(pool().size(), 4));
}

TEST_CASE("the others get the rest when the guess proves wrong") {
    const Callers callers(CallersPart::as_pays);
    struct Slept {
        std::uint64_t index;
        int rank;
    };
    const auto sleep = [](int milliseconds) {
        std::this_thread::sleep_for(milliseconds * 1ms);
        return Slept{hecaton::this_task::index(), hecaton::this_worker::rank()};
    };
    for (int i = 0; i < 12; ++i) pool().map(sleep, std::vector<int>(3));
    CHECK(pool().last_map().by_caller == 3);
    std::vector<int> long_ones(40, 10);
    std::fill_n(long_ones.begin(), 8, 0);
    const auto slept = pool().map(sleep, long_ones);
    for (std::size_t i = 0; i < slept.size(); ++i) CHECK(slept[i].index == i);
    CHECK(pool().last_map().items == 40);
    CHECK(pool().last_map().by_caller < 40);
    if (pool().size() > 1) CHECK(std::any_of(slept.begin(), slept.end(), [](const Slept& s) { return s.rank != 0; }));
    // The same of a call that is no small one, where one of the first items fails.
    const auto words = [](const std::string& word) {
        std::this_thread::sleep_for(word.size() * 1ms);
        if (word == "x") throw std::length_error("x");
        return word + std::to_string(hecaton::this_worker::rank());
    };
    for (int i = 0; i < 12; ++i) pool().map(words, std::vector<std::string>(3));
    std::vector<std::string> long_words(30, "ten letter");
    long_words[0] = "x";
    const auto outcomes = pool().map_outcomes(words, long_words);
    CHECK_FALSE(outcomes[0].has_value());
    CHECK(std::count_if(outcomes.begin(), outcomes.end(), [](const auto& o) { return o.has_value(); }) == 29);
    CHECK_THROWS_AS(pool().map(words, long_words), std::length_error);
    CHECK(pool().last_map().failed == 1);
}

namespace {

/// Items that take `time` each, of calls by four threads at once; the most that ran on the root at the same time.
template <int microseconds>
int most_at_once(int calls) {
    static std::atomic<int> inside{0};
    static std::atomic<int> most{0};
    const auto f = [](int i) {
        const int now = ++inside;
        for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) continue;
        const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(microseconds);
        while (std::chrono::steady_clock::now() < end) continue;
        --inside;
        return i;
    };
    for (int i = 0; i < 5; ++i) pool().apply(f, i);
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < calls; ++i)
                if (pool().apply(f, i) != i || pool().map(f, std::vector<int>(3, t)) != std::vector<int>(3, t)) ++wrong;
        });
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
    return most;
}

}  // namespace

TEST_CASE("one thread of the root computes at a time") {
    const Callers callers(CallersPart::as_pays);
    CHECK(most_at_once<200>(30) == 1);
}

TEST_CASE("brief items of several callers may have the cores of ranks that are idle") {
    const Callers callers(CallersPart::as_pays);
    CHECK(most_at_once<3>(1'000) <= pool().size());
}

TEST_CASE("calls that ask for more than results are the pool's") {
    const Callers callers(CallersPart::everything);
    const auto f = [](int i) { return i; };
    CHECK(pool().with({.progress = true}).map(f, numbers(3)) == numbers(3));
    CHECK(pool().last_map().by_caller == 0);
    CHECK(pool().with({.cost = [](std::size_t) { return 1.0; }}).map(f, numbers(3)) == numbers(3));
    CHECK(pool().last_map().by_caller == 0);
    CHECK(pool().with({.on_error = hecaton::OnError::stop}).map(f, numbers(3)) == numbers(3));
    CHECK(pool().last_map().by_caller == 0);
    pool().with({.chunk_size = 2, .name = "named"}).map(f, numbers(3));
    CHECK(pool().last_map().by_caller == 3);
    CHECK(pool().last_map().chunks == 2);
    CHECK(pool().last_map().name == "named");
}

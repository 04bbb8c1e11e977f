// Shared values on every rank. The same cases run with ranks that pretend to be on several nodes.
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <map>
#include <mpi/pool_under_test.hpp>
#include <numeric>
#include <ranges>
#include <string>
#include <support/events.hpp>
#include <thread>
#include <vector>

namespace {

using hecaton::test::Gate;
using hecaton::test::wait_at;

struct Point {
    char tag;
    double x;
    bool operator==(const Point& other) const { return tag == other.tag && x == other.x; }
};
struct Table {
    std::array<double, 20'000> cells;
};

std::vector<double> ramp(std::size_t count) {
    std::vector<double> values(count);
    std::iota(values.begin(), values.end(), 1.0);
    return values;
}

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

// `f` on every rank that gets a chunk, several times; all of them must be true.
template <class F>
void check_everywhere(F f) {
    const auto answers = pool().with({.chunk_size = 1}).map(f, std::views::iota(0, 4 * pool().size()));
    CHECK(std::ranges::all_of(answers, [](bool answer) { return answer; }));
}

template <class T>
void check_shared(const T& value) {
    const auto lent = pool().broadcast(value);
    const auto given = pool().broadcast(T(value));
    CHECK(*lent == value);
    CHECK(*given == value);
    check_everywhere([lent, given](int) { return *lent == *given && lent->size() == given->size(); });
    pool().release(lent);
    pool().release(given);
}

int open_files() {
    return static_cast<int>(
        std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator()));
}

// Lets this process open no files while it lives.
class NoMoreFiles {
  public:
    NoMoreFiles() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit none = before_;
        none.rlim_cur = 4;
        ::setrlimit(RLIMIT_NOFILE, &none);
    }
    ~NoMoreFiles() { ::setrlimit(RLIMIT_NOFILE, &before_); }

  private:
    rlimit before_{};
};

}  // namespace

TEST_CASE("shared vectors of all sizes arrive whole", "[shared]") {
    for (const std::size_t count :
         {std::size_t{0}, std::size_t{1}, std::size_t{2'047}, std::size_t{8'189}, std::size_t{8'190},
          std::size_t{8'191}, std::size_t{131'071}, std::size_t{131'072}, std::size_t{131'073}, std::size_t{524'288}}) {
        const double expected = sum(ramp(count));
        const auto shared = pool().broadcast(ramp(count));
        CHECK(sum(*shared) == expected);
        check_everywhere([shared, expected](int) { return sum(*shared) == expected; });
        pool().release(shared);
    }
}

TEST_CASE("shared values of all forms arrive whole", "[shared]") {
    for (const std::size_t count : {std::size_t{0}, std::size_t{5}, std::size_t{100'003}}) {
        check_shared(std::vector<Point>(count, Point{'p', 0.25}));
        check_shared(std::vector<bool>(count, true));
        check_shared(std::string(count, 's'));
        check_shared(std::vector<std::string>(count / 10, "a word"));
    }
    check_shared(std::map<int, std::string>{{1, "one"}, {2, "two"}});
    const auto number = pool().broadcast(42);
    Table large{};
    large.cells.back() = 3;
    const auto table = pool().broadcast(large);
    CHECK(table->cells.back() == 3);
    check_everywhere([number, table](int) { return *number == 42 && table->cells.back() == 3; });
    pool().release(table);
    pool().release(number);
}

TEST_CASE("many shared values live at once, and are released in any order", "[shared]") {
    std::vector<hecaton::Shared<std::vector<double>>> shared;
    for (int i = 0; i < 60; ++i) shared.push_back(pool().broadcast(std::vector<double>(i % 2 == 0 ? 10'000 : 10, i)));
    for (std::size_t i = 0; i < shared.size(); i += 3) pool().release(shared[i]);
    for (std::size_t i = 1; i < shared.size(); i += 9) {
        const auto one = shared[i];
        check_everywhere([one, i](int) { return one->back() == static_cast<double>(i); });
    }
    const auto gone = shared[0];
    CHECK_THROWS_AS(pool().apply([gone] { return gone->front(); }), hecaton::UsageError);
    for (std::size_t i = 0; i < shared.size(); ++i)
        if (i % 3 != 0) pool().release(shared[i]);
}

TEST_CASE("a value that is released before anyone used it does no harm", "[shared]") {
    for (int i = 0; i < 5; ++i) pool().release(pool().broadcast(ramp(50'000)));
    check_everywhere([](int) { return true; });
}

TEST_CASE("a running task does not keep a value from arriving", "[shared]") {
    const auto ranks = static_cast<std::size_t>(pool().size());
    Gate gate;
    auto running = pool().with({.chunk_size = 1}).map_async(wait_at, std::vector<std::string>(2 * ranks, gate.path()));
    gate.wait_for_arrivals(ranks);
    const auto shared = pool().broadcast(ramp(300'000));
    const double expected = sum(*shared);
    auto using_it = pool()
                        .with({.chunk_size = 1})
                        .map_async([shared, expected](int) { return sum(*shared) == expected; },
                                   std::views::iota(0, 3 * pool().size()));
    gate.open();
    const auto answers = using_it.get();
    CHECK(std::ranges::all_of(answers, [](bool answer) { return answer; }));
    running.get();
    pool().release(shared);
}

TEST_CASE("ranks that can open no file get the bytes", "[shared]") {
    const auto ranks = static_cast<std::size_t>(pool().size());
    Gate gate;
    auto refusing = pool()
                        .with({.chunk_size = 1})
                        .map_async(
                            [](const std::string& closed) {
                                if (hecaton::this_worker::rank() == 0) return wait_at(closed);
                                const NoMoreFiles here;
                                wait_at(closed);
                            },
                            std::vector<std::string>(2 * ranks, gate.path()));
    gate.wait_for_arrivals(ranks);
    const double expected = sum(ramp(200'000));
    std::vector<hecaton::Shared<std::vector<double>>> shared;
    for (int i = 0; i < 5; ++i) shared.push_back(pool().broadcast(ramp(200'000)));
    auto using_them = pool()
                          .with({.chunk_size = 1})
                          .map_async([first = shared.front(), last = shared.back(),
                                      expected](int) { return sum(*first) == expected && sum(*last) == expected; },
                                     std::views::iota(0, 3 * pool().size()));
    gate.open();
    const auto answers = using_them.get();
    CHECK(std::ranges::all_of(answers, [](bool answer) { return answer; }));
    refusing.get();
    for (const auto& one : shared) pool().release(one);
}

TEST_CASE("a root that can make no file sends the bytes", "[shared]") {
    const auto shared = [] {
        const NoMoreFiles here;
        return pool().broadcast(ramp(200'000));
    }();
    const double expected = sum(*shared);
    check_everywhere([shared, expected](int) { return sum(*shared) == expected; });
    pool().release(shared);
}

TEST_CASE("released values leave no open files behind", "[shared]") {
    const auto most_open = [] {
        const auto counts = pool()
                                .with({.chunk_size = 1})
                                .map([](int) { return open_files(); }, std::views::iota(0, 8 * pool().size()));
        return *std::ranges::max_element(counts);
    };
    const auto once = [] {
        const auto shared = pool().broadcast(ramp(20'000));
        check_everywhere([shared](int) { return shared->size() == 20'000; });
        pool().release(shared);
    };
    once();
    const int before = most_open();
    for (int i = 0; i < 30; ++i) once();
    CHECK(most_open() <= before + 8);
}

TEST_CASE("threads of the root broadcast, use and release values at once") {
    constexpr int each = 50;
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < each; ++i) {
                const int number = t * each + i;
                const auto shared = pool().broadcast(std::vector<int>{number, 2, 3});
                if ((*shared)[0] != number) ++wrong;
                if (i % 10 == 0 && pool().apply([shared] { return (*shared)[0]; }) != number) ++wrong;
                pool().release(shared);
            }
        });
    for (std::thread& thread : threads) thread.join();
    CHECK(wrong == 0);
}

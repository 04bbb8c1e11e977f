// What a task can ask, and what becomes of tasks that crash or never end.
#include <csignal>
#include <mpi/pool_under_test.hpp>
#include <random>
#include <ranges>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using namespace std::string_literals;
namespace this_task = hecaton::this_task;

namespace {

std::uint64_t third_number(int) {
    auto& random = this_task::random();
    random();
    random();
    return random();
}

int crash_at_3(int x) {
    if (x == 3) std::raise(SIGSEGV);
    return x;
}
int killed_at_3(int x) {
    if (x == 3) std::raise(SIGKILL);
    return x;
}
int exit_at_3(int x) {
    if (x == 3) std::exit(4);
    return x;
}
int stuck_at_3(int x) {
    if (x == 3) std::this_thread::sleep_for(10h);
    return x;
}

}  // namespace

TEST_CASE("a task knows its index, its attempt and its worker") {
    const auto indices = pool().map([](int) { return this_task::index(); }, std::views::iota(0, 50));
    for (std::size_t i = 0; i < 50; ++i) CHECK(indices[i] == i);
    for (const auto attempt : pool().map([](int) { return this_task::attempt(); }, std::views::iota(0, 50)))
        CHECK(attempt == 1);
    for (const auto& outcome :
         pool().map_outcomes([](int) { return std::pair(hecaton::this_worker::rank(), hecaton::this_worker::size()); },
                             std::views::iota(0, 50))) {
        CHECK(outcome.value().first == outcome.rank);
        CHECK(outcome.value().second == pool().size());
    }
    CHECK(pool().apply([] { return hecaton::this_worker::host(); }) != "");
}

TEST_CASE("random streams do not depend on ranks or chunks") {
    const auto expected = [] {
        std::vector<std::uint64_t> numbers;
        for (std::uint64_t i = 0; i < 100; ++i) {
            hecaton::RandomStream stream(0, i);  // the pool's seed is 0
            stream();
            stream();
            numbers.push_back(stream());
        }
        return numbers;
    }();
    CHECK(std::set(expected.begin(), expected.end()).size() == 100);
    for (const std::size_t chunk : {0U, 1U, 7U, 1'000U})
        CHECK(pool().with({.chunk_size = chunk}).map(third_number, std::views::iota(0, 100)) == expected);
    std::vector<std::uint64_t> lazily;
    for (const auto number : pool().imap(third_number, std::views::iota(0, 100))) lazily.push_back(number);
    CHECK(lazily == expected);
    CHECK(pool().with({.isolate = true}).map(third_number, std::views::iota(0, 100)) == expected);
    CHECK(pool().with({.seed = 1}).map(third_number, std::views::iota(0, 100)) != expected);
}

TEST_CASE("random streams serve the distributions of <random>") {
    const auto means = pool().map(
        [](int) {
            std::uniform_real_distribution<> uniform;
            double sum = 0;
            for (int i = 0; i < 10'000; ++i) sum += uniform(this_task::random());
            return sum / 10'000;
        },
        std::views::iota(0, 10));
    for (const double mean : means) CHECK(mean == Approx(0.5).margin(0.02));
}

TEST_CASE("users ask: the pool does not hang when a worker dies, and only the item that killed it is lost") {
    for (auto* task : {crash_at_3, killed_at_3, exit_at_3}) {
        const auto outcomes = pool().with({.isolate = true}).map_outcomes(task, std::views::iota(0, 10));
        REQUIRE(outcomes.size() == 10);
        for (std::size_t i = 0; i < 10; ++i) {
            CAPTURE(i);
            CHECK(outcomes[i].has_value() == (i != 3));
            if (outcomes[i]) CHECK(outcomes[i].value() == static_cast<int>(i));
        }
        CHECK(outcomes[3].attempts == 3);
        CHECK_THROWS_AS(outcomes[3].value(), hecaton::WorkerLost);
    }
    CHECK_THROWS_WITH(pool().with({.isolate = true}).map(crash_at_3, std::views::iota(0, 10)),
                      ContainsSubstring("SIGSEGV"));
    CHECK(pool().map([](int x) { return x + 1; }, {1, 2}) == std::vector{2, 3});
}

TEST_CASE("an item whose worker was lost is run again, attempts times at most") {
    const auto second_time = [](int) {
        if (this_task::attempt() < 2) std::raise(SIGABRT);
        return this_task::attempt();
    };
    const auto outcomes = pool().with({.isolate = true}).map_outcomes(second_time, std::views::iota(0, 3));
    for (const auto& outcome : outcomes) {
        CHECK(outcome.value() == 2);
        CHECK(outcome.attempts == 2);
    }
    int lazily = 0;
    for (const auto& outcome : pool().with({.isolate = true}).imap_outcomes(second_time, std::views::iota(0, 3))) {
        CHECK(outcome.value() == 2);
        CHECK(outcome.attempts == 2);
        ++lazily;
    }
    CHECK(lazily == 3);
    CHECK_THROWS_AS(pool().with({.attempts = 1, .isolate = true}).map(second_time, std::views::iota(0, 3)),
                    hecaton::WorkerLost);
}

TEST_CASE("users ask: a running task can be stopped") {
    const auto outcomes = pool().with({.timeout = 1s}).map_outcomes(stuck_at_3, std::views::iota(0, 10));
    for (std::size_t i = 0; i < 10; ++i) CHECK(outcomes[i].has_value() == (i != 3));
    CHECK_THROWS_AS(outcomes[3].value(), hecaton::TaskTimeout);
    CHECK(outcomes[3].attempts == 1);
}

TEST_CASE("users ask: big captures are sent once, not with every task") {
    const std::vector<double> big(100'000, 0.5);
    const auto shared = pool().broadcast(big);
    std::vector<int> indices(1'000);
    pool().with({.chunk_size = 1}).map([shared](int i) { return (*shared)[static_cast<std::size_t>(i)]; }, indices);
    CHECK(pool().last_map().bytes_sent < 1'000'000);
    pool()
        .with({.chunk_size = 1})
        .map(hecaton::bind_front([](const std::vector<double>& v, int) { return v.size(); }, big), indices);
    const hecaton::Report report = pool().last_map();
    const std::size_t times = report.bytes_sent / (big.size() * sizeof(double));  // with some for the items
    const auto workers = static_cast<std::size_t>(report.workers);
    CHECK(times <= static_cast<std::size_t>(pool().size() - 1));
    CHECK((times == workers || times + 1 == workers));  // the root may be one of them, to which nothing is sent
    pool().release(shared);
}

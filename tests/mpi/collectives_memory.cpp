// A rank has no memory for its part of a collective: the call fails on all ranks, or on none, and the communicator goes
// on. Each allocation that a call makes fails once.
#include <algorithm>
#include <boost/mpi/communicator.hpp>
#include <functional>
#include <hecaton/hecaton.hpp>
#include <memory>
#include <mpi/collectives_support.hpp>
#include <new>
#include <span>
#include <string>
#include <support/allocations.hpp>
#include <support/catch.hpp>
#include <support/sanitizer.hpp>
#include <vector>

namespace {

namespace allocations = hecaton::test::allocations;

constexpr std::size_t much = 17U << 20U;  // bytes: above this an allocation is expected to fail now and then
constexpr std::size_t large = 1U << 20U;
constexpr int a_failure = 1'000;  // more than there are ranks

const boost::mpi::communicator& world() {
    static const boost::mpi::communicator all;
    return all;
}

int all_together(int value) { return hecaton::all_reduce(world(), value, std::plus<>{}); }

// `call` is made with `arm(n)` before it on one rank, n = 1, 2, ..., until nothing fails any more. It gives whether the
// answer is right. Returns how many calls threw.
template <class Arm, class Call>
int at_each_allocation(int victim, Arm&& arm, Call&& call) {
    int calls_that_threw = 0;
    for (std::size_t n = 1;; ++n) {
        CAPTURE(victim, n);
        if (world().rank() == victim) arm(n);
        int threw = 0;
        bool right = true;
        try {
            right = call();
        } catch (const std::bad_alloc&) {
            threw = 1;
        }
        const int failed = allocations::fail_at(0) ? 1 : 0;
        CHECK(right);
        const int sum = all_together(threw + a_failure * failed);
        const int all_threw = sum % a_failure;
        CHECK((all_threw == 0 || all_threw == world().size()));
        if (all_threw != 0) ++calls_that_threw;
        if (sum < a_failure) {
            CHECK(all_threw == 0);
            return calls_that_threw;
        }
        REQUIRE(n < 2'000);
    }
}

// Allocations of 1 MiB or more: each fails the call.
template <class Call>
void large_ones_fail(Call&& call) {
    int threw = 0;
    for (const int victim : {0, world().size() - 1})
        threw += at_each_allocation(
            victim, [](std::size_t n) { allocations::fail_at(n, large); }, [&] { return call(), true; });
    CHECK(threw > 0);
}

// All allocations: one fails, or no more memory is found before the rank has given its reserve back.
template <class Call>
void each_fails(Call&& call) {
    const auto right = call();
    const auto is_right = [&] { return call() == right; };
    if (hecaton::test::sanitized && world().size() > 3) return;  // it would take minutes
    for (const int victim : {0, world().size() - 1}) {
        at_each_allocation(
            victim, [](std::size_t n) { allocations::fail_from(n); }, is_right);
        if (world().size() > 3) continue;  // many ranks take turns: one way is enough
        at_each_allocation(
            victim, [](std::size_t n) { allocations::fail_at(n); }, is_right);
    }
}

std::vector<double> numbers() { return std::vector<double>(much / sizeof(double), 1.0); }
std::vector<std::string> words(std::size_t count) { return std::vector<std::string>(count, std::string(much, 'a')); }

}  // namespace

TEST_CASE("no memory to gather") {
    const auto given = numbers();
    const auto texts = words(1);
    large_ones_fail([&] { static_cast<void>(hecaton::gather(world(), given)); });
    large_ones_fail([&] { static_cast<void>(hecaton::all_gather(world(), given)); });
    large_ones_fail([&] { static_cast<void>(hecaton::gather(world(), texts)); });
}

TEST_CASE("no memory for what is broadcast") {
    const auto given = numbers();
    const auto texts = words(1);
    large_ones_fail([&] { static_cast<void>(hecaton::broadcast(world(), given)); });
    large_ones_fail([&] { static_cast<void>(hecaton::broadcast(world(), texts)); });
}

TEST_CASE("no memory to scatter") {
    const auto given = numbers();
    const auto texts = words(3);
    large_ones_fail([&] { static_cast<void>(hecaton::scatter(world(), given)); });
    large_ones_fail([&] { static_cast<void>(hecaton::scatter(world(), texts)); });
}

TEST_CASE("no memory to fold arrays") {
    const auto given = numbers();
    large_ones_fail([&] { static_cast<void>(hecaton::reduce(world(), given, std::plus<>{})); });
    large_ones_fail([&] { static_cast<void>(hecaton::all_reduce(world(), given, std::plus<>{})); });
    large_ones_fail([&] { static_cast<void>(hecaton::scan(world(), given, std::plus<>{})); });
    large_ones_fail([&] { static_cast<void>(hecaton::exclusive_scan(world(), given, std::plus<>{})); });
}

TEST_CASE("no memory to fold other values") {
    const auto texts = words(1);
    const auto longer = [](const std::vector<std::string>& a, const std::vector<std::string>& b) {
        return a.size() < b.size() ? b : a;
    };
    large_ones_fail([&] { static_cast<void>(hecaton::reduce(world(), texts, longer)); });
    large_ones_fail([&] { static_cast<void>(hecaton::all_reduce(world(), texts, longer)); });
    large_ones_fail([&] { static_cast<void>(hecaton::scan(world(), texts, longer)); });
}

// ---- all of them, in each form of call ----

namespace {

// Items of one type; on each rank as many as it has a number, and one more. It, and a value of it, go through the
// forms.
template <class T>
void each_fails_in_transfers() {
    const std::size_t ranks = static_cast<std::size_t>(world().size());
    const auto rank = static_cast<std::size_t>(world().rank());
    const int last = world().size() - 1;
    const auto mine = make_many<T>(rank + 3, 9 * rank);
    const auto even = make_many<T>(2 * ranks);
    const auto one_each = make_many<T>(ranks, rank);
    const auto value = make<T>(33 + rank);
    const auto some = make_many<T>(2 * ranks + 1);
    std::vector<std::size_t> counts(ranks, 2);
    ++counts.back();
    each_fails([&] { return hecaton::gather(world(), mine, last); });
    each_fails([&] { return hecaton::gather(world(), even); });
    each_fails([&] { return hecaton::all_gather(world(), mine); });
    each_fails([&] { return hecaton::all_gather(value); });
    each_fails([&] { return hecaton::scatter(world(), some); });
    each_fails([&] { return hecaton::scatter(world(), even, last); });
    each_fails([&] { return hecaton::scatter_by(world(), some, counts); });
    each_fails([&] { return hecaton::broadcast(world(), value); });
    each_fails([&] { return hecaton::broadcast(mine, last); });
    each_fails([&] { return hecaton::all_to_all(world(), one_each); });
    const auto same = [](const T& item) { return item; };
    each_fails([&] { return hecaton::map(world(), same, some); });
    each_fails([&] { return hecaton::all_map(world(), same, some, last); });
    each_fails([&] {
        std::size_t items = 0;
        hecaton::for_each_block(
            world(), some, [&](std::span<T> block, std::size_t) { items = block.size(); }, last);
        return items;
    });
}

template <class V, class Op>
void each_fails_in_folds(const V& value, Op op) {
    each_fails([&] { return hecaton::reduce(world(), value, op, world().size() - 1); });
    each_fails([&] { return hecaton::all_reduce(world(), value, op); });
    each_fails([&] { return hecaton::scan(world(), value, op); });
    each_fails([&] { return hecaton::exclusive_scan(value, op); });
    each_fails([&] { return hecaton::exclusive_scan(world(), value, op, value); });
}

}  // namespace

TEMPLATE_TEST_CASE("no memory for something in a transfer", "", int, bool, Particle, std::string, std::vector<double>,
                   Entry) {
    each_fails_in_transfers<TestType>();
}

TEST_CASE("no memory for something in a fold") {
    const auto checked_sum = [](double a, double b) {
        if (a < 0) throw std::out_of_range("negative");
        return a + b;
    };
    const auto joined = [](std::string a, const std::string& b) { return a + b; };
    each_fails_in_folds(1.5, std::plus<>{});
    each_fails_in_folds(1.5, checked_sum);
    each_fails_in_folds(std::string("word"), joined);
    each_fails_in_folds(std::string(100, 'a'), joined);
    for (const std::size_t size : {2UL, 100UL, 5'000UL}) {
        each_fails_in_folds(std::vector<double>(size, 1.5), std::plus<>{});
        each_fails_in_folds(std::vector<double>(size, 1.5), checked_sum);
    }
    each_fails_in_folds(Words(5, std::string(30, 'b')), joined);
}

// Memory that is kept is there before the call.
TEMPLATE_TEST_CASE("no memory for something in a call with kept memory", "", double, std::string) {
    const std::size_t ranks = static_cast<std::size_t>(world().size());
    const auto some = make_many<TestType>(2 * ranks + 1);
    const auto mine = hecaton::scatter(world(), world().rank() == 0 ? some : std::vector<TestType>());
    std::vector<TestType> out(mine.size()), all(some.size());
    each_fails([&] { return std::ranges::equal(hecaton::scatter_into(world(), some, out), mine); });
    each_fails([&] { return hecaton::gather_into(world(), mine, all, world().size() - 1).size(); });
    each_fails([&] { return std::ranges::equal(hecaton::all_gather_into(world(), mine, all), some); });
    each_fails([&] { return hecaton::broadcast_into(world(), all), all == some; });
    for (const std::size_t size : {1UL, 100UL, 9'000UL}) {
        if (size > 100 && !std::is_same_v<TestType, double>) continue;
        const std::vector<TestType> in(size, make<TestType>(3));
        const auto sum = hecaton::all_reduce(world(), in, std::plus<>{});
        all.resize(size);
        each_fails([&] { return std::ranges::equal(hecaton::all_reduce_into(world(), in, all, std::plus<>{}), sum); });
        each_fails([&] { return hecaton::reduce_into(world(), in, all, std::plus<>{}).size(); });
    }
}

TEST_CASE("no memory for a conversion") {
    const char* literal = "longer than what fits into a std::string itself";
    const auto joined = [](std::string a, const std::string& b) { return a + b; };
    each_fails([&] { return hecaton::all_gather(world(), literal); });
    each_fails([&] { return hecaton::broadcast(world(), literal); });
    each_fails([&] { return hecaton::all_reduce(world(), literal, joined); });
    each_fails([&] { return hecaton::exclusive_scan(world(), literal, joined, literal); });
}

TEST_CASE("no memory for what is said of a failure") {
    if (world().size() == 1) return;
    const auto fails = [] {  // on all ranks
        try {
            if (world().rank() == 0) {
                static_cast<void>(hecaton::all_gather(world(), 1.5));
            } else {
                static_cast<void>(hecaton::all_gather(world(), 1));
            }
        } catch (const std::exception&) {
            return true;
        }
        return false;
    };
    for (const int victim : {0, world().size() - 1}) {
        at_each_allocation(
            victim, [](std::size_t n) { allocations::fail_at(n); }, fails);
        at_each_allocation(
            victim, [](std::size_t n) { allocations::fail_from(n); }, fails);
    }
}

// A rank has no memory for its part of a collective: the call fails on all ranks, and the communicator goes on.
#include <algorithm>
#include <boost/mpi/communicator.hpp>
#include <functional>
#include <hecaton/hecaton.hpp>
#include <new>

#include <string>
#include <support/allocations.hpp>
#include <support/catch.hpp>
#include <vector>

namespace {

namespace allocations = hecaton::test::allocations;

constexpr std::size_t much = 17U << 20U;  // bytes: above this an allocation is expected to fail now and then
constexpr std::size_t large = 1U << 20U;

const boost::mpi::communicator& world() {
    static const boost::mpi::communicator all;
    return all;
}

// Each allocation of 1 MiB or more that `call` makes on the first rank, and on the last, fails once.
template <class Call>
void fails_on_all_ranks(Call&& call) {
    for (const int victim : {0, world().size() - 1})
        for (std::size_t n = 1;; ++n) {
            CAPTURE(victim, n);
            world().barrier();
            if (world().rank() == victim) allocations::fail_at(n, large);
            int threw = 0;
            try {
                call();
            } catch (const std::bad_alloc&) {
                threw = 1;
            }
            const int failed = allocations::fail_at(0) ? 1 : 0;
            const auto all_threw = hecaton::all_gather(world(), threw);
            const int any_failed = hecaton::all_reduce(world(), failed, std::plus<>{});
            CHECK(std::ranges::count(all_threw, any_failed) == world().size());
            if (any_failed == 0) break;
            REQUIRE(n < 200);
        }
}

std::vector<double> numbers() { return std::vector<double>(much / sizeof(double), 1.0); }
std::vector<std::string> words(std::size_t count) { return std::vector<std::string>(count, std::string(much, 'a')); }

}  // namespace

TEST_CASE("no memory to gather") {
    const auto given = numbers();
    const auto texts = words(1);
    fails_on_all_ranks([&] { static_cast<void>(hecaton::gather(world(), given)); });
    fails_on_all_ranks([&] { static_cast<void>(hecaton::all_gather(world(), given)); });
    fails_on_all_ranks([&] { static_cast<void>(hecaton::gather(world(), texts)); });
}

TEST_CASE("no memory for what is broadcast") {
    const auto given = numbers();
    const auto texts = words(1);
    fails_on_all_ranks([&] { static_cast<void>(hecaton::broadcast(world(), given)); });
    fails_on_all_ranks([&] { static_cast<void>(hecaton::broadcast(world(), texts)); });
}

TEST_CASE("no memory to scatter") {
    const auto given = numbers();
    const auto texts = words(3);
    fails_on_all_ranks([&] { static_cast<void>(hecaton::scatter(world(), given)); });
    fails_on_all_ranks([&] { static_cast<void>(hecaton::scatter(world(), texts)); });
}

TEST_CASE("no memory to fold arrays") {
    const auto given = numbers();
    fails_on_all_ranks([&] { static_cast<void>(hecaton::reduce(world(), given, std::plus<>{})); });
    fails_on_all_ranks([&] { static_cast<void>(hecaton::all_reduce(world(), given, std::plus<>{})); });
    fails_on_all_ranks([&] { static_cast<void>(hecaton::scan(world(), given, std::plus<>{})); });
    fails_on_all_ranks([&] { static_cast<void>(hecaton::exclusive_scan(world(), given, std::plus<>{})); });
}

TEST_CASE("no memory to fold other values") {
    const auto texts = words(1);
    const auto longer = [](const std::vector<std::string>& a, const std::vector<std::string>& b) {
        return a.size() < b.size() ? b : a;
    };
    fails_on_all_ranks([&] { static_cast<void>(hecaton::reduce(world(), texts, longer)); });
    fails_on_all_ranks([&] { static_cast<void>(hecaton::all_reduce(world(), texts, longer)); });
    fails_on_all_ranks([&] { static_cast<void>(hecaton::scan(world(), texts, longer)); });
}

// What goes wrong is the same clear error on every rank, never a hang, and the communicator can be used afterwards.
#include <boost/mpi/intercommunicator.hpp>
#include <hecaton/hecaton.hpp>
#include <mpi/collectives_support.hpp>
#include <numeric>
#include <ranges>
#include <span>
#include <support/catch.hpp>

namespace {

using hecaton::UsageError;

const boost::mpi::communicator& world() {
    static const boost::mpi::communicator all;
    return all;
}
bool first() { return world().rank() == 0; }
int last() { return world().size() - 1; }
bool several() { return world().size() > 1; }

/// The text of the UsageError that `call` throws, after a check that it is the same on all ranks, and that the
/// communicator still works.
template <class Call>
std::string refusal(Call call) {
    std::string text = "nothing was thrown";
    try {
        call();
    } catch (const UsageError& error) {
        text = error.what();
    }
    const auto texts = hecaton::all_gather(world(), text);
    for (const std::string& other : texts) CHECK(other == text);
    CHECK(text.find('\n') == std::string::npos);
    return text;
}

/// `call` throws std::out_of_range("boom") on every rank: the object itself on `rank`, elsewhere a TaskError that tells
/// where it is from.
template <class Call>
void check_boom(int rank, Call call) {
    bool thrown = false;
    try {
        call();
    } catch (const std::out_of_range& error) {
        thrown = true;
        CHECK(error.what() == std::string("boom"));
        const auto* remote = dynamic_cast<const hecaton::TaskError*>(&error);
        CHECK((remote == nullptr) == (world().rank() == rank));
        if (remote != nullptr) {
            CHECK(remote->rank() == rank);
            CHECK(remote->type_name() == "std::out_of_range");
            CHECK_FALSE(remote->host().empty());
        }
    }
    CHECK(thrown);
    CHECK(hecaton::all_reduce(world(), 1, std::plus<>{}) == world().size());
}

[[noreturn]] void boom() { throw std::out_of_range("boom"); }

/// Throws when it is written, or read, on one rank.
struct Touchy {
    int value = 0;
    int fails_to_save_on = -1;
    int fails_to_load_on = -1;
    std::string text = "not trivially copyable";
    template <class Archive>
    void serialize(Archive& archive, unsigned) {
        if (world().rank() == (Archive::is_saving::value ? fails_to_save_on : fails_to_load_on)) boom();
        archive& value& fails_to_save_on& fails_to_load_on;
        if (!Archive::is_saving::value && world().rank() == fails_to_load_on) boom();
    }
};

}  // namespace

TEST_CASE("a root that is no rank") {
    const std::vector<int> v{1};
    const int p = world().size();
    CHECK_THAT(refusal([&] { (void)hecaton::scatter(world(), v, p); }),
               ContainsSubstring("root is " + std::to_string(p)));
    CHECK_THAT(refusal([&] { (void)hecaton::scatter(world(), v, -1); }), ContainsSubstring("scatter: root is -1"));
    refusal([&] { (void)hecaton::gather(world(), v, p); });
    refusal([&] { (void)hecaton::broadcast(world(), v, p); });
    refusal([&] { (void)hecaton::broadcast(world(), 5, -7); });
    refusal([&] { (void)hecaton::reduce(world(), 1, std::plus<>{}, p); });
    refusal([&] { (void)hecaton::reduce(world(), v, std::plus<>{}, p); });
    refusal([&] {
        (void)hecaton::map(
            world(), [](int x) { return x; }, v, p);
    });
    refusal([&] { (void)hecaton::scatter_by(world(), v, v, p); });
    refusal([&] {
        hecaton::for_each_block(
            world(), v, [](auto, auto) {}, p);
    });
    refusal([&] { (void)hecaton::gather(world(), std::string("x"), p); });
}

TEST_CASE("an init of exclusive_scan that does not fit") {
    const std::vector<int> v{1, 2};
    CHECK_THAT(refusal([&] { (void)hecaton::exclusive_scan(world(), v, std::plus<>{}, std::vector<int>{1}); }),
               ContainsSubstring("exclusive_scan: init has 1 element and the values have 2"));
    refusal([&] { (void)hecaton::exclusive_scan(world(), Words{"a"}, std::plus<>{}, Words{}); });
    if (!several()) return;
    const auto add = [](int a, int b) { return a == 100 ? boom(), 0 : a + b; };
    check_boom(0, [&] { (void)hecaton::exclusive_scan(world(), 1, add, 100); });
}

TEST_CASE("ranks that do not call the same") {
    if (!several()) return;
    const std::vector<int> ints{1, 2, 3};
    const std::vector<double> doubles{1, 2, 3};
    const int root = first() ? 0 : last();
    CHECK_THAT(refusal([&] { (void)hecaton::scatter(world(), ints, root); }),
               ContainsSubstring("different roots (rank 0: root 0; rank"));
    refusal([&] { (void)hecaton::gather(world(), std::string("x"), root); });
    refusal([&] { (void)hecaton::broadcast(world(), Words{}, root); });
    refusal([&] { (void)hecaton::reduce(world(), 1.5, std::plus<>{}, root); });
    const std::string types = refusal([&] {
        if (first()) {
            (void)hecaton::gather(world(), ints);
        } else {
            (void)hecaton::gather(world(), doubles);
        }
    });
    CHECK_THAT(types, ContainsSubstring("gather: the ranks give values of different types (rank 0: int; rank"));
    CHECK_THAT(types, ContainsSubstring(": double)"));
    CHECK_THAT(refusal([&] {
                   if (first()) {
                       (void)hecaton::broadcast(world(), 1);
                   } else {
                       (void)hecaton::broadcast(world(), std::string());
                   }
               }),
               ContainsSubstring("std::basic_string"));
    CHECK_THAT(refusal([&] {
                   if (first()) {
                       (void)hecaton::scatter(world(), ints);
                   } else {
                       (void)hecaton::gather(world(), ints);
                   }
               }),
               ContainsSubstring("different collectives (rank 0: scatter; rank"));
    refusal([&] {
        if (first()) {
            (void)hecaton::map(
                world(), [](int x) { return x; }, ints);
        } else {
            (void)hecaton::map(
                world(), [](int x) { return x * 0.5; }, ints);
        }
    });
    CHECK_THAT(refusal([&] { (void)hecaton::all_reduce(world(), std::vector<int>(first() ? 2 : 3), std::plus<>{}); }),
               ContainsSubstring("different numbers of elements (rank 0: 2; rank"));
    refusal([&] { (void)hecaton::scan(world(), Words(first() ? 2 : 3, "x"), std::plus<>{}); });
    refusal([&] { (void)hecaton::reduce(world(), std::vector<double>(first() ? 20'000 : 1), std::plus<>{}); });
}

TEST_CASE("impossible counts") {
    const std::vector<int> items{1, 2, 3, 4};
    const auto p = static_cast<std::size_t>(world().size());
    std::vector<int> counts(p, 0);
    CHECK_THAT(refusal([&] { (void)hecaton::scatter_by(world(), items, counts); }),
               ContainsSubstring("the counts add up to 0, but there are 4 items"));
    counts[0] = 5;
    CHECK_THAT(refusal([&] { (void)hecaton::scatter_by(world(), items, counts); }),
               ContainsSubstring("more than the 4"));
    counts[0] = -1;
    CHECK_THAT(refusal([&] { (void)hecaton::scatter_by(world(), items, counts); }), ContainsSubstring("a count is -1"));
    CHECK_THAT(refusal([&] { (void)hecaton::scatter_by(world(), items, std::vector<int>(p + 1)); }),
               ContainsSubstring("give one for each rank"));
    CHECK_THAT(refusal([&] { (void)hecaton::scatter_by(world(), Words{"a"}, std::vector<int>{}); }),
               ContainsSubstring("give one for each rank"));
    CHECK_THAT(refusal([&] { (void)hecaton::all_to_all(world(), std::vector<int>(first() ? p + 1 : p)); }),
               ContainsSubstring("every rank must give " + std::to_string(p)));
    refusal([&] { (void)hecaton::all_to_all(world(), Words(first() ? p + 1 : p)); });
    refusal([&] { (void)hecaton::all_to_all(world(), std::vector<std::vector<int>>(first() ? p + 1 : p)); });
}

TEST_CASE("impossible communicators") {
    const boost::mpi::communicator null(MPI_COMM_NULL, boost::mpi::comm_attach);
    CHECK_THROWS_AS(hecaton::scatter(null, std::vector<int>()), UsageError);
    CHECK_THROWS_WITH(hecaton::all_reduce(null, 1, std::plus<>{}),
                      ContainsSubstring("all_reduce: the communicator is null"));
    if (!several()) return;
    const auto half = world().split(world().rank() % 2);
    const boost::mpi::intercommunicator inter(half, 0, world(), 1 - world().rank() % 2);
    CHECK_THROWS_AS(hecaton::all_gather(inter, 1), UsageError);
}

TEST_CASE("sub-communicators, side by side") {
    const auto half = world().split(world().rank() % 2);
    for (int round = 0; round < 20; ++round) {
        CHECK(hecaton::all_reduce(half, world().rank() % 2, std::plus<>{}) == (world().rank() % 2) * half.size());
        const auto ranks = hecaton::all_gather(half, std::to_string(half.rank()));
        CHECK(static_cast<int>(ranks.size()) == half.size());
    }
}

TEST_CASE("a function that throws on one rank") {
    const auto items = std::views::iota(0, 4 * world().size());
    for (const int rank : {0, last()}) {
        const auto f = [&](int x) {
            if (world().rank() == rank && x % 4 == 2) boom();
            return x;
        };
        check_boom(rank, [&] { (void)hecaton::map(world(), f, items); });
        check_boom(rank, [&] { (void)hecaton::all_map(world(), f, items); });
        check_boom(rank, [&] {
            (void)hecaton::map(
                world(), [&](int x) { return std::to_string(f(x)); }, items);
        });
        check_boom(rank, [&] {
            hecaton::map(
                world(), [&](int x) { (void)f(x); }, items);
        });
        check_boom(rank, [&] {
            hecaton::for_each_block(world(), items, [&](auto, auto) {
                if (world().rank() == rank) boom();
            });
        });
        // The others are inside of another collective meanwhile.
        check_boom(rank, [&] {
            hecaton::for_each_block(world(), items, [&](auto, auto) {
                if (world().rank() == rank) boom();
                (void)hecaton::all_reduce(world(), 1, std::plus<>{});
            });
        });
    }
}

TEST_CASE("of several failures the lowest item's is reported") {
    const auto items = std::views::iota(0, 5 * world().size());
    try {
        (void)hecaton::map(
            world(),
            [](int x) {
                if (x >= 3) throw std::range_error(std::to_string(x));
                return x;
            },
            items);
        FAIL("nothing was thrown");
    } catch (const std::range_error& error) {
        CHECK(error.what() == std::string("3"));
        if (!first()) CHECK(dynamic_cast<const hecaton::TaskError&>(error).index() == 3);
    }
}

TEST_CASE("an operation that throws on one rank") {
    if (!several()) return;
    const auto op_that_fails_on = [](int rank) {
        return [rank](auto a, auto b) {
            if (world().rank() == rank) boom();
            return a + b;
        };
    };
    for (const int rank : {0, last()}) {
        const auto op = op_that_fails_on(rank);
        check_boom(rank, [&] { (void)hecaton::reduce(world(), 1, op, rank); });
        check_boom(rank, [&] { (void)hecaton::all_reduce(world(), 1, op); });
        if (rank != 0) check_boom(rank, [&] { (void)hecaton::scan(world(), 1, op); });
        check_boom(rank, [&] { (void)hecaton::all_reduce(world(), std::vector<double>(10), op); });
        check_boom(rank, [&] { (void)hecaton::all_reduce(world(), std::vector<double>(100'000), op); });
        check_boom(rank, [&] { (void)hecaton::reduce(world(), std::vector<double>(100'000), op, 0); });
        check_boom(rank, [&] { (void)hecaton::scan(world(), std::vector<double>(100'000), op); });
        check_boom(rank, [&] { (void)hecaton::reduce(world(), std::string(100, 'x'), op, rank); });
        check_boom(rank, [&] { (void)hecaton::all_reduce(world(), Words(5, "a"), op_that_fails_on(rank)); });
    }
    check_boom(0, [&] { (void)hecaton::scan(world(), std::string(100, 'x'), op_that_fails_on(0)); });
    check_boom(0, [&] { (void)hecaton::all_reduce(world(), std::string(100, 'x'), op_that_fails_on(0)); });
}

TEST_CASE("values that fail to be written or read on one rank") {
    if (!several()) return;
    const auto p = static_cast<std::size_t>(world().size());
    const auto add = [](const Touchy& a, const Touchy& b) { return Touchy{a.value + b.value}; };
    for (const int rank : {0, last()}) {
        const Touchy save{1, rank, -1};
        const Touchy load{1, -1, rank};
        const int other = rank == 0 ? last() : 0;
        check_boom(rank, [&] { (void)hecaton::scatter(world(), std::vector<Touchy>(2 * p, save), rank); });
        check_boom(rank, [&] { (void)hecaton::scatter(world(), std::vector<Touchy>(2 * p, load), other); });
        check_boom(rank, [&] { (void)hecaton::gather(world(), save, other); });
        check_boom(rank, [&] { (void)hecaton::gather(world(), load, rank); });
        check_boom(rank, [&] { (void)hecaton::all_gather(world(), load); });
        check_boom(rank, [&] { (void)hecaton::broadcast(world(), save, rank); });
        check_boom(rank, [&] { (void)hecaton::broadcast(world(), load, other); });
        check_boom(rank, [&] { (void)hecaton::all_to_all(world(), std::vector<Touchy>(p, save)); });
        check_boom(rank, [&] { (void)hecaton::all_to_all(world(), std::vector<Touchy>(p, load)); });
        check_boom(rank, [&] { (void)hecaton::all_reduce(world(), save, add); });
        check_boom(rank, [&] { (void)hecaton::reduce(world(), load, add, rank); });
    }
}

TEST_CASE("a range that throws on the root") {
    const auto broken = std::views::iota(0, 10) | std::views::transform([](int x) {
                            if (x == 7) boom();
                            return x;
                        });
    check_boom(0, [&] { (void)hecaton::scatter(world(), broken); });
    check_boom(0, [&] {
        (void)hecaton::map(
            world(), [](int x) { return x; }, broken);
    });
}

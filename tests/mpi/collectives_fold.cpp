// reduce, all_reduce, scan and exclusive_scan.
#include <algorithm>
#include <boost/mpi/collectives.hpp>
#include <boost/mpi/operations.hpp>
#include <boost/serialization/string.hpp>
#include <hecaton/hecaton.hpp>
#include <mpi/collectives_support.hpp>
#include <numeric>
#include <optional>
#include <support/catch.hpp>

namespace {

// All four operations on `of(rank)`, against a loop.
template <class V, class Of, class Op>
void check_folds(const boost::mpi::communicator& world, Of of, Op op, const V& init, const V& nothing) {
    std::vector<V> prefixes;
    for (int rank = 0; rank < world.size(); ++rank)
        prefixes.push_back(rank == 0 ? of(0) : static_cast<V>(op(prefixes.back(), of(rank))));
    const V mine = of(world.rank());
    const auto me = static_cast<std::size_t>(world.rank());
    for (int root = 0; root < world.size(); ++root) {
        const V sum = hecaton::reduce(world, mine, op, root);
        CHECK(sum == (world.rank() == root ? prefixes.back() : V()));
    }
    CHECK(hecaton::all_reduce(world, mine, op) == prefixes.back());
    CHECK(hecaton::scan(world, mine, op) == prefixes[me]);
    CHECK(hecaton::exclusive_scan(world, mine, op) == (me == 0 ? nothing : prefixes[me - 1]));
    V onto = init;
    for (int rank = 0; rank < world.rank(); ++rank) onto = static_cast<V>(op(onto, of(rank)));
    CHECK(hecaton::exclusive_scan(world, mine, op, init) == onto);
}

const auto concatenate = [](const std::string& a, const std::string& b) { return "(" + a + b + ")"; };

template <class T, class Op>
void check_vector_folds(const boost::mpi::communicator& world, std::size_t size, Op op) {
    const auto of = [size](int rank) { return make_many<T>(size, static_cast<std::size_t>(rank) * 3); };
    std::vector<std::vector<T>> prefixes;
    for (int rank = 0; rank < world.size(); ++rank) {
        prefixes.push_back(of(rank));
        if (rank == 0) continue;
        const auto& before = prefixes[static_cast<std::size_t>(rank) - 1];
        for (std::size_t i = 0; i < size; ++i)
            prefixes.back()[i] = static_cast<T>(op(before[i], T(prefixes.back()[i])));
    }
    const auto mine = of(world.rank());
    const auto me = static_cast<std::size_t>(world.rank());
    for (int root = 0; root < std::min(world.size(), 3); ++root) {
        const auto sum = hecaton::reduce(world, mine, op, root);
        CHECK(sum == (world.rank() == root ? prefixes.back() : std::vector<T>()));
    }
    CHECK(hecaton::all_reduce(world, mine, op) == prefixes.back());
    CHECK(hecaton::scan(world, mine, op) == prefixes[me]);
    CHECK(hecaton::exclusive_scan(world, mine, op) == (me == 0 ? std::vector<T>(size) : prefixes[me - 1]));
    const auto init = make_many<T>(size, 5);
    auto onto = init;
    for (int rank = 0; rank < world.rank(); ++rank) {
        const auto values = of(rank);
        for (std::size_t i = 0; i < size; ++i) onto[i] = static_cast<T>(op(T(onto[i]), T(values[i])));
    }
    CHECK(hecaton::exclusive_scan(world, mine, op, init) == onto);
}

struct NoDefault {
    explicit NoDefault(int x) : value(x) {}
    int value;
    bool operator==(const NoDefault&) const = default;
};
struct NamedNoDefault {
    std::string name;
    NoDefault number;
    bool operator==(const NamedNoDefault&) const = default;
};

// All that there is for values without a default, on `of(rank)`.
template <class V, class Of, class Op>
void check_without_default(const boost::mpi::communicator& world, Of of, Op op) {
    std::vector<V> all;
    std::vector<V> prefixes;
    std::vector<V> onto{of(100)};
    for (int rank = 0; rank < world.size(); ++rank) {
        all.push_back(of(rank));
        prefixes.push_back(rank == 0 ? of(0) : op(prefixes.back(), of(rank)));
        onto.push_back(op(onto.back(), of(rank)));
    }
    const auto me = static_cast<std::size_t>(world.rank());
    const auto times = [](std::size_t n, const V& value) { return std::vector<V>(n, value); };
    for (const std::size_t n : {1U, 2'000U}) {
        CHECK(hecaton::all_reduce(world, times(n, all[me]), op) == times(n, prefixes.back()));
        CHECK(hecaton::reduce(world, times(n, all[me]), op) == times(me == 0 ? n : 0, prefixes.back()));
        CHECK(hecaton::scan(world, times(n, all[me]), op) == times(n, prefixes[me]));
        CHECK(hecaton::exclusive_scan(world, times(n, all[me]), op, times(n, of(100))) == times(n, onto[me]));
    }
    CHECK(hecaton::all_reduce(world, all[me], op) == prefixes.back());
    CHECK(hecaton::scan(world, all[me], op) == prefixes[me]);
    CHECK(hecaton::exclusive_scan(world, all[me], op, of(100)) == onto[me]);
    const auto maybe = [&](const std::optional<V>& a, const std::optional<V>& b) { return std::optional(op(*a, *b)); };
    CHECK(hecaton::reduce(world, std::optional(all[me]), maybe) ==
          (me == 0 ? std::optional(prefixes.back()) : std::nullopt));
    CHECK(hecaton::broadcast(world, all[me], world.size() - 1) == all.back());
    CHECK(hecaton::scatter(world, all) == times(1, all[me]));
    CHECK(hecaton::all_gather(world, all[me]) == all);
    CHECK(hecaton::all_to_all(world, all) == times(all.size(), all[me]));
    CHECK(hecaton::all_map(
              world, [](const V& value) { return value; }, all) == all);
}

}  // namespace

TEST_CASE("numbers, in rank order") {
    const boost::mpi::communicator world;
    check_folds<int>(
        world, [](int r) { return r + 1; }, std::plus<>{}, 7, 0);
    check_folds<char>(
        world, [](int r) { return static_cast<char>(r + 1); }, std::plus<>{}, 'x', '\0');
    check_folds<double>(
        world, [](int r) { return 0.1 * r + 1e-3; }, std::multiplies<>{}, 7, 0);
    check_folds<double>(
        world, [](int r) { return 0.1 * r; }, std::minus<>{}, 7, 0);  // not even associative
    check_folds<int>(
        world, [](int r) { return (r * 5) % 7; }, [](int a, int b) { return std::max(a, b); }, -1, 0);
    check_folds<bool>(
        world, [](int r) { return r == 1; }, std::logical_or<>{}, true, false);
}

TEST_CASE("structs, strings, maps and large values") {
    const boost::mpi::communicator world;
    const auto add = [](const Particle& a, const Particle& b) {
        return Particle{a.energy + b.energy, a.charge * 3 + b.charge, b.kind, a.spin};
    };
    check_folds<Particle>(world, [](int r) { return make<Particle>(static_cast<std::size_t>(r)); }, add, {}, {});
    check_folds<std::string>(
        world, [](int r) { return std::string(1, static_cast<char>('a' + r)); }, concatenate, "i", "");
    check_folds<std::string>(
        world, [](int r) { return std::string(100, static_cast<char>('a' + r)); }, concatenate, "i", "");
    const auto merge = [](Table a, const Table& b) {
        for (const auto& [key, value] : b) a[key] += value;
        return a;
    };
    check_folds<Table>(world, [](int r) { return make<Table>(static_cast<std::size_t>(r)); }, merge, {{"init", 1}}, {});
    using Large = std::array<double, 500>;
    const auto add_large = [](Large a, const Large& b) {
        for (std::size_t i = 0; i < a.size(); ++i) a[i] = 2 * a[i] + b[i];
        return a;
    };
    check_folds<Large>(world, [](int r) { return Large{1.0 * r, 2}; }, add_large, {}, {});
}

TEST_CASE("vectors are folded element by element") {
    const boost::mpi::communicator world;
    for (const std::size_t size : sizes_for(world.size())) {
        check_vector_folds<int>(world, size, std::plus<>{});
        check_vector_folds<double>(world, size, std::minus<>{});
        check_vector_folds<double>(world, size, [](double a, double b) { return a * 0.5 + b; });
        check_vector_folds<char>(world, size, std::plus<>{});
        check_vector_folds<bool>(world, size, std::logical_or<>{});
        check_vector_folds<std::string>(world, size, concatenate);
    }
    check_vector_folds<double>(world, 100'003, [](double a, double b) { return a * 0.5 + b; });
    check_vector_folds<int>(world, 700'001, std::plus<>{});
}

TEST_CASE("exclusive_scan with an init is std::exclusive_scan over the ranks") {
    const boost::mpi::communicator world;
    std::vector<int> all(static_cast<std::size_t>(world.size()));
    std::iota(all.begin(), all.end(), 3);
    std::vector<int> expected(all.size());
    std::exclusive_scan(all.begin(), all.end(), expected.begin(), 100, std::multiplies<>());
    const auto me = static_cast<std::size_t>(world.rank());
    CHECK(hecaton::exclusive_scan(all[me], std::multiplies<>(), 100) == expected[me]);
    // The init that counts is rank 0's.
    CHECK(hecaton::exclusive_scan(world, all[me], std::multiplies<>(), 100 + world.rank()) == expected[me]);
    const std::vector<std::string> words{std::string(1, static_cast<char>('a' + world.rank()))};
    const std::string before = std::string("abcdefg").substr(0, me);
    CHECK(hecaton::exclusive_scan(world, words, std::plus<>(), std::vector<std::string>{">"}).front() == ">" + before);
    const std::string xs(me, 'x');
    CHECK(hecaton::exclusive_scan(world, "x", std::plus<>(), ">") == ">" + xs);
}

TEST_CASE("an operation on whole vectors") {
    const boost::mpi::communicator world;
    const auto append = [](std::vector<int> a, const std::vector<int>& b) {
        a.insert(a.end(), b.begin(), b.end());
        return a;
    };
    const std::vector<int> mine(static_cast<std::size_t>(world.rank()), world.rank());
    CHECK(hecaton::exclusive_scan(world, mine, append).size() ==
          mine.size() * (mine.empty() ? 0 : mine.size() - 1) / 2);
    CHECK(hecaton::all_reduce(world, mine, append) == hecaton::all_gather(world, mine));
    std::vector<int> before{-1};
    for (int rank = 0; rank < world.rank(); ++rank) before.insert(before.end(), static_cast<std::size_t>(rank), rank);
    CHECK(hecaton::exclusive_scan(world, mine, append, std::vector<int>{-1}) == before);
}

TEST_CASE("values without a default") {
    const boost::mpi::communicator world;
    check_without_default<NoDefault>(
        world, [](int x) { return NoDefault(x); },
        [](const NoDefault& a, const NoDefault& b) { return NoDefault(3 * a.value + b.value); });
    check_without_default<NamedNoDefault>(
        world,
        [](int x) {
            return NamedNoDefault{std::to_string(x) + "n", NoDefault(x)};
        },
        [](const NamedNoDefault& a, const NamedNoDefault& b) {
            return NamedNoDefault{a.name + b.name, NoDefault(3 * a.number.value + b.number.value)};
        });
}

TEST_CASE("the same as MPI_Reduce, MPI_Scan and MPI_Exscan, and Boost.MPI's all_reduce") {
    const boost::mpi::communicator world;
    for (const int size : {1, 5, 1000, 100'000}) {
        const auto count = static_cast<std::size_t>(size);
        const auto mine = make_many<int>(count, static_cast<std::size_t>(world.rank()));
        std::vector<int> theirs(count);
        MPI_Allreduce(mine.data(), theirs.data(), size, MPI_INT, MPI_SUM, world);
        CHECK(hecaton::all_reduce(mine, std::plus<>{}) == theirs);
        CHECK(hecaton::reduce(mine, std::plus<>{}) == (world.rank() == 0 ? theirs : std::vector<int>()));
        MPI_Scan(mine.data(), theirs.data(), size, MPI_INT, MPI_SUM, world);
        CHECK(hecaton::scan(mine, std::plus<>{}) == theirs);
        std::fill(theirs.begin(), theirs.end(), 0);
        MPI_Exscan(mine.data(), theirs.data(), size, MPI_INT, MPI_SUM, world);
        CHECK(hecaton::exclusive_scan(mine, std::plus<>{}) == theirs);
    }
    const std::string word(1, static_cast<char>('a' + world.rank()));
    CHECK(hecaton::all_reduce(world, word, std::plus<>{}) ==
          boost::mpi::all_reduce(world, word, std::plus<std::string>{}));
    CHECK(hecaton::all_reduce(world, world.rank(), boost::mpi::maximum<int>()) == world.size() - 1);
}

// The forms that put their results into memory that the caller keeps: against the forms that return them, at all sizes
// and roots, with too little memory, and without an allocation.
#include <array>
#include <functional>
#include <hecaton/hecaton.hpp>
#include <list>
#include <memory>
#include <mpi/collectives_support.hpp>
#include <numeric>
#include <span>
#include <support/allocations.hpp>
#include <support/catch.hpp>

namespace {

namespace allocations = hecaton::test::allocations;
using hecaton::UsageError;

const boost::mpi::communicator& world() {
    static const boost::mpi::communicator all;
    return all;
}
int last() { return world().size() - 1; }

// Memory with more elements than are needed, that must be left as they are. Also of bool, which std::vector packs.
template <class T>
class Kept {
  public:
    explicit Kept(std::size_t size) : size_(size), values_(std::make_unique<T[]>(size)) {
        for (std::size_t i = 0; i < size; ++i) values_[i] = before();
    }
    std::span<T> span() { return {values_.get(), size_}; }
    // The results lie at the beginning and are `expected`; nothing else has changed.
    bool holds(std::span<T> results, const std::vector<T>& expected) {
        return (results.empty() || results.data() == values_.get()) && results.size() == expected.size() &&
               std::equal(results.begin(), results.end(), expected.begin()) &&
               std::all_of(values_.get() + results.size(), values_.get() + size_,
                           [](const T& value) { return value == before(); });
    }

  private:
    static T before() { return make<T>(77); }

    std::size_t size_;
    std::unique_ptr<T[]> values_;
};

/// The text of the UsageError that `call` throws, after a check that it is the same on all ranks.
template <class Call>
std::string refusal(Call call) {
    std::string text = "nothing was thrown";
    try {
        call();
    } catch (const UsageError& error) {
        text = error.what();
    }
    for (const std::string& other : hecaton::all_gather(world(), text)) CHECK(other == text);
    return text;
}

std::string too_small(const std::string& call, const std::string& ranks) {
    return call + ": the memory for the result is too small (" + ranks + ")";
}

// Numbers whose sum depends on the order.
std::vector<double> numbers(std::size_t count) {
    std::vector<double> values;
    for (std::size_t i = 0; i < count; ++i)
        values.push_back(1.0 / static_cast<double>(3 + i + 17 * static_cast<std::size_t>(world().rank())));
    return values;
}

}  // namespace

TEMPLATE_TEST_CASE("scatter_into and gather_into, all sizes and roots", "", COLLECTIVE_TYPES) {
    for (int root = 0; root < world().size(); ++root) {
        for (const std::size_t size : sizes_for(world().size())) {
            const auto all = make_many<TestType>(world().rank() == root ? size : 0);
            const auto mine = hecaton::scatter(world(), all, root);
            Kept<TestType> block(mine.size() + 2);
            CHECK(block.holds(hecaton::scatter_into(world(), all, block.span(), root), mine));
            Kept<TestType> gathered(world().rank() == root ? size + 2 : 1);
            CHECK(gathered.holds(hecaton::gather_into(world(), mine, gathered.span(), root), all));
            Kept<TestType> everywhere(size);
            CHECK(everywhere.holds(hecaton::all_gather_into(world(), mine, everywhere.span()),
                                   make_many<TestType>(size)));
        }
    }
}

TEMPLATE_TEST_CASE("broadcast_into, all sizes and roots", "", COLLECTIVE_TYPES) {
    for (int root = 0; root < world().size(); ++root) {
        for (const std::size_t size : {0UL, 1UL, 3UL, 1000UL}) {
            const auto all = make_many<TestType>(size, 5);
            Kept<TestType> data(size);
            if (world().rank() == root) std::copy(all.begin(), all.end(), data.span().begin());
            hecaton::broadcast_into(world(), data.span(), root);
            CHECK(data.holds(data.span(), all));
        }
    }
}

TEST_CASE("reduce_into and all_reduce_into have the digits of reduce and all_reduce") {
    const auto checked_sum = [](double a, double b) { return b < 0 ? throw std::out_of_range("negative") : a + b; };
    for (const std::size_t size : {0UL, 1UL, 3UL, 100UL, 2'000UL, 5'000UL, 65'536UL, 200'001UL}) {
        const auto in = numbers(size);
        const auto sum = hecaton::all_reduce(world(), in, std::plus<>{});
        Kept<double> out(size + 1);
        CHECK(out.holds(hecaton::all_reduce_into(world(), in, out.span(), std::plus<>{}), sum));
        Kept<double> again(size);
        CHECK(again.holds(hecaton::all_reduce_into(world(), in, again.span(), checked_sum), sum));
        for (const int root : {0, last()}) {
            const auto at_root = hecaton::reduce(world(), in, std::plus<>{}, root);
            Kept<double> results(world().rank() == root ? size + 1 : 0);
            CHECK(results.holds(hecaton::reduce_into(world(), in, results.span(), std::plus<>{}, root), at_root));
        }
        auto in_place = in;
        hecaton::all_reduce_into(world(), in_place, in_place, std::plus<>{});
        CHECK(in_place == sum);
        in_place = in;
        hecaton::reduce_into(world(), in_place, in_place, std::plus<>{}, last());
        CHECK(in_place == (world().rank() == last() ? sum : in));
    }
}

TEST_CASE("reductions into memory of other types, in the order of ranks") {
    const auto joined = [](std::string a, const std::string& b) { return a + b; };
    const auto words = make_many<std::string>(40, static_cast<std::size_t>(world().rank()));
    std::vector<std::string> out(40);
    const auto expected = hecaton::all_reduce(world(), words, joined);
    hecaton::all_reduce_into(world(), words, out, joined);
    CHECK(out == expected);
    out = words;
    hecaton::reduce_into(words, out, joined, last());
    CHECK(out == (world().rank() == last() ? expected : words));

    const auto second = [](const Particle&, const Particle& b) { return b; };
    for (const std::size_t size : {1UL, 50UL, 30'000UL}) {
        const auto mine = make_many<Particle>(size, static_cast<std::size_t>(world().rank()));
        std::vector<Particle> particles(size);
        hecaton::all_reduce_into(world(), mine, particles, second);
        CHECK(particles == make_many<Particle>(size, static_cast<std::size_t>(last())));
    }

    std::array<bool, 3> flags{world().rank() == last(), false, true};
    hecaton::all_reduce_into(world(), flags, flags, std::logical_or<>{});
    CHECK(flags == std::array<bool, 3>{true, false, true});

    struct Large {
        std::array<int, 20'000> values{};
    };
    const auto add_first = [](Large a, const Large& b) {
        a.values[0] += b.values[0];
        return a;
    };
    auto large = std::make_unique<Large>();
    large->values[0] = 1;
    hecaton::all_reduce_into(world(), std::span(large.get(), 1), std::span(large.get(), 1), add_first);
    CHECK(large->values[0] == world().size());
}

TEST_CASE("what is taken as memory, and as items") {
    const int rank = world().rank();
    const auto ranks = static_cast<std::size_t>(world().size());
    std::vector<int> vector(ranks);
    CHECK(hecaton::all_gather_into(rank, vector).size() == ranks);
    CHECK(vector.back() == last());
    std::array<int, 7> array{};
    CHECK(hecaton::all_gather_into(world(), std::list{rank}, array).size() == ranks);
    CHECK(array[ranks - 1] == last());
    int c_array[7]{};
    hecaton::gather_into(std::vector{rank + 1}, c_array, last());
    CHECK(c_array[0] == (rank == last() ? 1 : 0));
    std::vector<std::string> texts(ranks);
    hecaton::all_gather_into(static_cast<MPI_Comm>(world()), "text", texts);
    CHECK(texts == std::vector<std::string>(ranks, "text"));
    std::vector<double> block(1);
    hecaton::scatter_into(std::list<double>(rank == 0 ? ranks : 0, 1.5), block);
    CHECK(block.front() == 1.5);
    hecaton::broadcast_into(array, last());
    hecaton::all_reduce_into(vector, array, std::plus<>{});
    CHECK(array[ranks - 1] == last() * world().size());
}

TEST_CASE("too little memory on one rank is the same error on all") {
    const auto p = static_cast<std::size_t>(world().size());
    const bool is_last = world().rank() == last();
    const std::string who = "rank " + std::to_string(last()) + ": room for ";
    std::vector<double> short_by_one(is_last ? 1 : 2);
    std::vector<std::string> words(is_last ? 1 : 2);
    const std::vector<double> given(2 * p, 1.5);
    const std::vector<std::string> texts(2 * p, "text");
    const std::string one_of_two = who + "1 of 2 items";
    CHECK(refusal([&] { hecaton::scatter_into(world(), given, short_by_one); }) ==
          too_small("scatter_into", one_of_two));
    CHECK(refusal([&] { hecaton::scatter_into(world(), texts, words); }) == too_small("scatter_into", one_of_two));

    std::vector<double> gathered(is_last ? p - 1 : 0);
    const std::string one_less =
        who + std::to_string(p - 1) + " of " + std::to_string(p) + (p == 1 ? " item" : " items");
    CHECK(refusal([&] { hecaton::gather_into(world(), 1.5, gathered, last()); }) == too_small("gather_into", one_less));
    gathered.resize(is_last ? p - 1 : p);
    CHECK(refusal([&] { hecaton::all_gather_into(world(), 1.5, gathered); }) == too_small("all_gather_into", one_less));
    words.resize(is_last ? p - 1 : p);
    CHECK(refusal([&] { hecaton::all_gather_into(world(), "text", words); }) == too_small("all_gather_into", one_less));

    const std::vector<double> two{1, 2};
    const std::vector<std::string> two_texts{"a", "b"};
    words.resize(is_last ? 1 : 2);
    CHECK(refusal([&] { hecaton::all_reduce_into(world(), two, short_by_one, std::plus<>{}); }) ==
          too_small("all_reduce_into", one_of_two));
    CHECK(refusal([&] { hecaton::reduce_into(world(), two, short_by_one, std::plus<>{}, last()); }) ==
          too_small("reduce_into", one_of_two));
    CHECK(refusal([&] { hecaton::all_reduce_into(world(), two_texts, words, std::plus<>{}); }) ==
          too_small("all_reduce_into", one_of_two));
    if (p == 1) return;
    short_by_one.assign(is_last ? 1 : 2, 0.0);
    CHECK(refusal([&] {
              hecaton::broadcast_into(world(), short_by_one);
          }).starts_with("broadcast_into: the ranks give different numbers of elements (rank"));
    words.resize(is_last ? 1 : 2);
    CHECK(refusal([&] {
              hecaton::broadcast_into(world(), words);
          }).starts_with("broadcast_into: the ranks give different numbers of elements (rank"));
    CHECK(refusal([&] {
              hecaton::all_reduce_into(world(), short_by_one, short_by_one, std::plus<>{});
          }).starts_with("all_reduce_into: the ranks give different numbers of elements (rank"));
    CHECK(hecaton::all_reduce(world(), 1, std::plus<>{}) == world().size());
}

TEST_CASE("what an operation throws leaves reduce_into and all_reduce_into on every rank") {
    const auto throws = [](double, double) -> double { throw std::out_of_range("boom"); };
    if (world().size() == 1) return;  // nothing to fold
    for (const std::size_t size : {1UL, 1'000UL, 100'000UL}) {
        const auto in = numbers(size);
        std::vector<double> out(size);
        CHECK_THROWS_AS(hecaton::all_reduce_into(world(), in, out, throws), std::out_of_range);
        CHECK_THROWS_AS(hecaton::reduce_into(world(), in, out, throws, last()), std::out_of_range);
        CHECK(hecaton::all_reduce(world(), 1, std::plus<>{}) == world().size());
    }
}

TEST_CASE("no memory is taken for trivially copyable items") {
    const auto p = static_cast<std::size_t>(world().size());
    for (const std::size_t each : {1UL, 3UL, 2'000UL, 100'003UL}) {
        std::vector<double> all((each + 1) * p), mine(each + 1), kept(each + 1);
        std::size_t taken = 0;
        for (int turn = 0; turn < 2; ++turn) {  // the first makes the lists of sizes, which the thread keeps
            allocations::limit = SIZE_MAX;
            allocations::count = 0;
            hecaton::scatter_into(world(), all, kept, last());
            hecaton::gather_into(world(), std::span(mine).first(each + static_cast<std::size_t>(world().rank()) % 2),
                                 all);
            hecaton::all_gather_into(world(), std::span(mine).first(each), all);
            hecaton::broadcast_into(world(), mine, last());
            hecaton::reduce_into(world(), mine, kept, std::plus<>{}, last());
            hecaton::all_reduce_into(world(), mine, kept, std::plus<>{});
            hecaton::all_reduce_into(world(), mine, mine, [](double a, double b) { return a < b ? b : a; });
            taken = allocations::count;
            allocations::limit = 0;
        }
        CHECK(taken == 0);
    }
}

// map, all_map and for_each_block.
#include <atomic>
#include <hecaton/hecaton.hpp>
#include <memory>
#include <mpi/collectives_support.hpp>
#include <numeric>
#include <ranges>
#include <span>
#include <support/catch.hpp>

namespace {
const auto on_root = [](const boost::mpi::communicator& world, int root, auto values) {
    return world.rank() == root ? values : decltype(values)();
};
int twice(int x) { return 2 * x; }
}  // namespace

TEMPLATE_TEST_CASE("map is the identity of the identity", "", COLLECTIVE_TYPES) {
    const boost::mpi::communicator world;
    for (int root = 0; root < world.size(); ++root) {
        for (const std::size_t size : sizes_for(world.size())) {
            const auto all = make_many<TestType>(size);
            const auto same = [](const TestType& x) { return x; };
            CHECK(hecaton::map(world, same, on_root(world, root, all), root) == on_root(world, root, all));
            CHECK(hecaton::all_map(world, same, on_root(world, root, all), root) == all);
        }
    }
}

TEST_CASE("the function may capture anything, and change type and place") {
    const boost::mpi::communicator world;
    const auto factor = std::make_unique<int>(3);
    int calls = 0;
    const auto texts = hecaton::all_map(
        [&](int x) {
            ++calls;
            return std::string(static_cast<std::size_t>(x), 'x') + std::to_string(x * *factor);
        },
        std::views::iota(0, 20));
    CHECK(texts[7] == "xxxxxxx21");
    CHECK(static_cast<std::uint64_t>(calls) == hecaton::block_of(20, world.size(), world.rank()).count);
    CHECK(hecaton::all_map(world, twice, std::vector{1, 2, 3}) == std::vector{2, 4, 6});
    CHECK(hecaton::all_map(world, &Particle::charge, make_many<Particle>(3)) == std::vector{0, 1, 2});
    CHECK(hecaton::all_map(
              world, [](int) { return "text"; }, std::vector{1, 2}) == Words{"text", "text"});
    CHECK(hecaton::all_map(
              world, [](int x) { return x > 1; }, std::vector{1, 2}) == std::vector<bool>{false, true});
    CHECK(hecaton::all_map(
              world, [](std::string&& s) { return std::move(s) + "!"; }, Words{"a"}) == Words{"a!"});
    CHECK(hecaton::all_map(
              world, [](std::string& s) { return s.size(); }, Words{"abc"}) == std::vector<std::size_t>{3});
    if (world.rank() == 0) {
        CHECK(hecaton::map(twice, std::vector{4, 5}) == std::vector{8, 10});
    } else {
        CHECK(hecaton::map(twice, std::vector<int>()).empty());
    }
}

TEST_CASE("a function without a result") {
    const boost::mpi::communicator world;
    int sum = 0;
    hecaton::map(
        world, [&](int x) { sum += x; }, std::views::iota(0, 101));
    static_assert(std::is_void_v<decltype(hecaton::map(
                      world, [](int) {}, std::vector<int>()))>);
    CHECK(hecaton::all_reduce(world, sum, std::plus<>{}) == 5050);
}

TEST_CASE("for_each_block gives each rank its block, once") {
    const boost::mpi::communicator world;
    for (int root = 0; root < world.size(); ++root) {
        for (const std::size_t size : sizes_for(world.size())) {
            std::vector<int> all(size);
            std::iota(all.begin(), all.end(), 0);
            int calls = 0;
            hecaton::for_each_block(
                world, on_root(world, root, all),
                [&](std::span<int> items, std::size_t first) {
                    ++calls;
                    const auto block = hecaton::block_of(size, world.size(), world.rank());
                    CHECK(first == block.first);
                    REQUIRE(items.size() == block.count);
                    for (std::size_t i = 0; i < items.size(); ++i) CHECK(items[i] == static_cast<int>(first + i));
                },
                root);
            CHECK(calls == 1);
        }
    }
    hecaton::for_each_block(std::vector<bool>{true, true, true}, [](std::span<const bool> items, std::size_t) {
        for (const bool b : items) CHECK(b);
    });
    hecaton::for_each_block(Words(9, "w"), [](auto items, std::size_t) {
        for (const auto& w : items) CHECK(w == "w");
    });
}

TEST_CASE("a block's function may call collectives") {
    const boost::mpi::communicator world;
    hecaton::for_each_block(world, std::views::iota(1, 101), [&](std::span<const int> items, std::size_t) {
        CHECK(hecaton::all_reduce(world, std::accumulate(items.begin(), items.end(), 0), std::plus<>{}) == 5050);
    });
}

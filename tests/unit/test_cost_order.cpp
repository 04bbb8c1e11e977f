// The order of items whose costs are known: how they are cut into pieces, and in what order the pieces go out.
#include <algorithm>
#include <cmath>
#include <hecaton/scheduling/cost_order.hpp>
#include <limits>
#include <random>
#include <support/catch.hpp>
#include <vector>

using namespace hecaton::detail::scheduling;

namespace {

std::vector<double> random_costs(std::size_t items, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::lognormal_distribution<> law(0, 2);
    std::vector<double> costs(items);
    for (double& cost : costs) cost = random() % 8 == 0 ? 0 : law(random);
    return costs;
}

// That the pieces are all items, each once, cut at multiples of the block.
void check_complete(const CostOrder& order, std::uint64_t items, std::uint64_t block) {
    std::vector<ItemRange> pieces = order.pieces();
    std::sort(pieces.begin(), pieces.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::uint64_t next = 0;
    for (const ItemRange& piece : pieces) {
        REQUIRE(piece.first == next);
        REQUIRE(piece.count > 0);
        REQUIRE(piece.first % block == 0);
        next += piece.count;
        REQUIRE((piece.count % block == 0 || next == items));
    }
    CHECK(next == items);
}

}  // namespace

TEST_CASE("the longest go first, equal ones by index") {
    const CostOrder order(std::vector<double>{1, 5, 3, 5, 2}, {});
    std::vector<std::uint64_t> firsts;
    for (const ItemRange& piece : order.pieces()) {
        CHECK(piece.count == 1);
        firsts.push_back(piece.first);
    }
    CHECK(firsts == std::vector<std::uint64_t>{1, 3, 2, 4, 0});
    CHECK(order.items() == 5);
    CHECK(order.cost(0, 5) == Approx(5));  // 1 on average
    CHECK(order.cost(1, 1) == Approx(5 / 3.2));
    CHECK(order.cost(2, 0) == 0);
}

TEST_CASE("no items, no pieces") {
    const CostOrder order({}, {});
    CHECK(order.pieces().empty());
    CHECK(order.cost(0, 0) == 0);
}

TEST_CASE("short items stay together, up to a small part of what each worker has to do") {
    std::vector<double> costs(100'000, 1.0);
    costs[500] = costs[70'000] = 50'000;
    const CostOrder order(costs, {.workers = 2});
    check_complete(order, costs.size(), 1);
    REQUIRE(order.pieces().size() > 2);
    CHECK(order.pieces()[0].first == 500);
    CHECK(order.pieces()[0].count == 1);
    CHECK(order.pieces()[1].first == 70'000);
    CHECK(order.pieces()[1].count == 1);
    for (std::size_t i = 2; i < order.pieces().size(); ++i)
        CHECK(order.cost(order.pieces()[i].first, order.pieces()[i].count) <= 100'000.0 / 128 * 1.001);
    CHECK(order.pieces().size() < 140);
}

TEST_CASE("items that are said to cost nothing are not all in one piece") {
    std::vector<double> costs(32'000, 0.0);
    costs[0] = 1;
    const CostOrder order(costs, {.workers = 2});
    check_complete(order, costs.size(), 1);
    for (const ItemRange& piece : order.pieces()) CHECK(piece.count <= 1'000);
    const CostOrder nothing(std::vector<double>(1280, 0.0), {.workers = 2});
    CHECK(nothing.pieces().size() == 128);  // as if all were equal
    CHECK(nothing.cost(0, 10) == Approx(10));
}

TEST_CASE("pieces keep to blocks and to an explicit chunk size, and come by falling cost") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        std::mt19937_64 random(seed);
        const std::vector<double> costs = random_costs(random() % 300, seed);
        CostOrderLimits limits;
        limits.workers = 1 + random() % 9;
        limits.block = random() % 2 == 0 ? 1 : 1 + random() % 20;
        limits.chunk_size = random() % 2 == 0 ? 0 : 1 + random() % 50;
        INFO("seed " << seed);
        const CostOrder order(costs, limits);
        check_complete(order, costs.size(), limits.block);
        const double most = static_cast<double>(costs.size()) / static_cast<double>(limits.workers) / 64;
        double before = std::numeric_limits<double>::max();
        for (const ItemRange& piece : order.pieces()) {
            const double cost = order.cost(piece.first, piece.count);
            CHECK(cost <= before * (1 + 1e-6));
            before = cost;
            if (piece.count > limits.block) CHECK(cost <= most * 1.001);
            if (limits.chunk_size != 0)
                CHECK(piece.count <= (limits.chunk_size + limits.block - 1) / limits.block * limits.block);
        }
    }
}

TEST_CASE("costs may be in any unit") {
    const std::vector<double> costs = random_costs(1000, 7);
    const CostOrder as_they_are(costs, {.workers = 3});
    for (const double unit : {1e-300, 1e-9, 1e9, 1e300}) {
        std::vector<double> others = costs;
        for (double& cost : others) cost *= unit;
        const CostOrder order(others, {.workers = 3});
        REQUIRE(order.pieces().size() == as_they_are.pieces().size());
        CHECK(std::isfinite(order.cost(0, 1000)));
        CHECK(order.cost(10, 90) == Approx(as_they_are.cost(10, 90)));
    }
}

TEST_CASE("a million pieces are ordered") {
    const std::vector<double> costs = random_costs(1'000'000, 3);
    const CostOrder order(costs, {.workers = 2, .chunk_size = 1});  // 0.1 s, most of it page faults
    CHECK(order.pieces().size() == costs.size());
}

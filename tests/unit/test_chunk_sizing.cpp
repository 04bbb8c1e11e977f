#include <cmath>
#include <hecaton/scheduling/chunk_sizing.hpp>
#include <limits>
#include <support/catch.hpp>

using namespace hecaton::detail::scheduling;

namespace {

CostEstimate settled(double per_item, std::uint64_t items = 1'000'000) {
    CostEstimate cost;
    for (int i = 0; i < 20; ++i) cost.measured(items, per_item * static_cast<double>(items));
    return cost;
}

constexpr std::uint64_t plenty = std::uint64_t{1} << 40;

}  // namespace

TEST_CASE("an estimate knows nothing before the first measurement") {
    CostEstimate cost;
    CHECK_FALSE(cost.known());
    CHECK(cost.per_item() == 0);
    cost.measured(0, 1.0);
    CHECK_FALSE(cost.known());
    cost.measured(4, 1.0);
    CHECK(cost.known());
    CHECK(cost.per_item() == Approx(0.25));
    CHECK(cost.largest() == 4);
}

TEST_CASE("an estimate survives nonsense") {
    CostEstimate cost;
    cost.measured(1, -1.0);
    cost.measured(1, std::numeric_limits<double>::quiet_NaN());
    cost.measured(1, std::numeric_limits<double>::infinity());
    CHECK(std::isfinite(cost.per_item()));
    CHECK(cost.per_item() > 0);
    CHECK(std::isfinite(cost.deviation()));
    CHECK(automatic_chunk({}, cost, plenty, 2, 1) >= 1);
}

TEST_CASE("a slow first item is soon forgotten") {
    CostEstimate cost;
    cost.measured(1, 1e-3);
    for (int i = 0; i < 3; ++i) cost.measured(32, 32e-6);
    CHECK(cost.per_item() < 10e-6);
    for (int i = 0; i < 20; ++i) cost.measured(32, 32e-6);
    CHECK(cost.per_item() == Approx(1e-6).epsilon(0.05));
}

TEST_CASE("the deviation is that of items, also when chunks are measured") {
    CostEstimate same = settled(1e-3, 10);
    CHECK(same.deviation() == Approx(0).margin(1e-9));
    CostEstimate mixed;
    for (int i = 0; i < 100; ++i) mixed.measured(1, i % 2 == 0 ? 0 : 2e-3);
    CHECK(mixed.deviation() == Approx(1e-3).epsilon(0.3));
}

TEST_CASE("before the first measurement a chunk is one item, or one block") {
    CHECK(automatic_chunk({}, {}, plenty, 4, 1) == 1);
    CHECK(automatic_chunk({}, {}, plenty, 4, 64) == 64);
}

TEST_CASE("chunks are short enough and long enough") {
    const SizingOptions options;
    for (const double per_item : {1e-9, 1e-7, 1e-5, 1e-4}) {
        for (const std::uint64_t remaining : {plenty, std::uint64_t{1} << 20}) {
            const std::uint64_t items = automatic_chunk(options, settled(per_item), remaining, 4, 1);
            const double seconds = per_item * static_cast<double>(items);
            CHECK(seconds <= options.longest * 1.001);
            if (items < remaining / 8) CHECK(seconds >= options.shortest / 2);
        }
    }
    CHECK(automatic_chunk(options, settled(1.0), plenty, 4, 1) == 1);
}

TEST_CASE("a chunk is never more than a fair share of what is left, unless that takes no time") {
    const SizingOptions options;
    for (const std::uint64_t workers : {1U, 2U, 7U, 1000U}) {
        for (std::uint64_t remaining = 1; remaining < 100'000; remaining = remaining * 3 + 1) {
            const std::uint64_t items = automatic_chunk({}, settled(1e-6), remaining, workers, 1);
            CHECK(items >= 1);
            const double wait = options.shortest_for(workers) / 2;  // of a worker, for its next chunk
            const auto items_in = [](double seconds) { return static_cast<std::uint64_t>(seconds / 1e-6 + 1e-9); };
            CHECK(items <= std::max({std::uint64_t{1}, remaining / workers, std::min(remaining, items_in(wait / 4))}));
            CHECK(items <= std::max({std::uint64_t{1}, remaining / (2 * workers), items_in(wait)}));
        }
    }
}

TEST_CASE("a chunk grows no faster than what was measured") {
    SizingOptions options;
    CostEstimate cost;
    cost.measured(1, 1e-9);
    CHECK(automatic_chunk(options, cost, plenty, 2, 1) <= 4);
    for (int i = 0; i < 99; ++i) cost.measured(1, 1e-9);
    CHECK(automatic_chunk(options, cost, plenty, 2, 1) == options.growth);
    cost.measured(options.growth, 32e-9);
    CHECK(automatic_chunk(options, cost, plenty, 2, 1) <= 4 * cost.total());
}

TEST_CASE("chunks are whole blocks") {
    for (const std::uint64_t block : {2U, 3U, 64U}) {
        for (std::uint64_t remaining = 1; remaining < 10'000; remaining += 97) {
            const std::uint64_t items = automatic_chunk({}, settled(1e-6), remaining, 3, block);
            CHECK(items % block == 0);
            CHECK(items >= block);
        }
    }
}

TEST_CASE("items that vary much are sent in shorter chunks") {
    CostEstimate heavy;
    for (int i = 0; i < 1000; ++i) heavy.measured(1, i % 50 == 0 ? 5e-3 : 1e-6);
    const CostEstimate even = settled(heavy.per_item());
    CHECK(automatic_chunk({}, heavy, plenty, 4, 1) < automatic_chunk({}, even, plenty, 4, 1));
}

TEST_CASE("many workers get longer chunks, so that the root keeps up") {
    const SizingOptions options;
    const std::uint64_t workers = 100'000;
    const std::uint64_t items = automatic_chunk(options, settled(1e-3), plenty, workers, 1);
    CHECK(static_cast<double>(workers) * options.dispatch <= static_cast<double>(items) * 1e-3);
}

TEST_CASE("huge counts do not overflow") {
    CHECK(automatic_chunk({}, settled(1e-12, std::uint64_t{1} << 50), UINT64_MAX, 1, 1) <= UINT64_MAX / 2);
    CHECK(automatic_chunk({}, settled(0, std::uint64_t{1} << 62), UINT64_MAX, 1, 1) <= UINT64_MAX / 2);
}

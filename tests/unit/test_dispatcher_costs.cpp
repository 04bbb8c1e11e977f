// Jobs whose items' costs are known: the longest first, nothing behind a long one, and how close to the ideal that
// gets.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <support/catch.hpp>
#include <unit/dispatcher_bench.hpp>
#include <unit/simulation.hpp>

using namespace hecaton::detail::scheduling;
using namespace hecaton::detail::scheduling::test;

namespace {

std::shared_ptr<const CostOrder> order_of(const std::vector<double>& costs, const CostOrderLimits& limits) {
    return std::make_shared<const CostOrder>(costs, limits);
}

std::vector<double> heavy_tail(bool pareto, std::size_t items, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::lognormal_distribution<> lognormal(-1.125, 1.5);
    std::uniform_real_distribution<> uniform;
    std::vector<double> costs(items);
    for (double& cost : costs) cost = 1e-3 * (pareto ? std::pow(1 - uniform(random), -1 / 1.5) / 3 : lognormal(random));
    return costs;
}

}  // namespace

TEST_CASE("by cost: the longest go first, and nobody gets anything behind one whose length is not known") {
    std::vector<double> costs(100, 1.0);
    costs[10] = 50;
    costs[90] = 40;
    costs[50] = 30;
    Bench bench(2);
    bench.dispatcher.submit({.items = 100, .order = order_of(costs, {.workers = 2})}, 0);
    auto actions = bench.take();
    REQUIRE(actions.size() == 2);
    CHECK(actions[0].chunk.first == 10);
    CHECK(actions[1].chunk.first == 90);
    actions = bench.finish(1, 40e-3);
    REQUIRE(!actions.empty());
    CHECK(actions[0].chunk.first == 50);
    CHECK(std::all_of(actions.begin(), actions.end(), [](const Action& a) { return a.worker == 1; }));
    CHECK(bench.dispatcher.chunks_at(0) == 1);
}

TEST_CASE("by cost: items that did not finish go out again, and each is reported once") {
    const std::vector<double> costs = heavy_tail(true, 1000, 1);
    Bench bench(2);
    bench.dispatcher.submit({.items = 1000, .order = order_of(costs, {.workers = 2})}, 0);
    bench.take();
    std::uint64_t finished = 0;
    for (int i = 0; i < 30; ++i) {
        finished += bench.held[0].front().count;
        bench.finish(0, 1e-3);
    }
    bench.dispatcher.worker_lost(1, bench.now);
    bench.take();
    while (!bench.held[0].empty()) {
        finished += bench.held[0].front().count;
        bench.finish(0, 1e-3);
    }
    CHECK(finished == 1000);
    CHECK(bench.dispatcher.jobs() == 0);
}

TEST_CASE("by cost: what was never sent is cancelled in as few ranges as there are gaps") {
    std::vector<double> costs(1000, 1.0);
    costs[400] = costs[700] = 1000;
    Bench bench(2);
    const JobId job = bench.dispatcher.submit({.items = 1000, .order = order_of(costs, {.workers = 2})}, 0);
    REQUIRE(bench.take().size() == 2);
    bench.dispatcher.cancel(job, 0);
    std::vector<Action> actions = only(Kind::cancelled, bench.take());
    REQUIRE(actions.size() == 3);
    CHECK(actions[0].chunk.first == 0);
    CHECK(actions[0].chunk.count == 400);
    CHECK(actions[1].chunk.first == 401);
    CHECK(actions[1].chunk.count == 299);
    CHECK(actions[2].chunk.first == 701);
    CHECK(actions[2].chunk.count == 299);
    CHECK(bench.finish(0, 1.0).empty());
    CHECK(bench.finish(1, 1.0).back().kind == Kind::complete);
}

TEST_CASE("by cost: short pieces are sent ahead, as other chunks are") {
    Bench bench(2);
    const std::vector<double> costs(1'000'000, 1.0);
    bench.dispatcher.submit(
        {.items = costs.size(), .chunk_size = 1, .order = order_of(costs, {.workers = 2, .chunk_size = 1})}, 0);
    bench.take();
    bench.finish(0, 1e-6);
    CHECK(bench.held[0].size() > 900);  // a millisecond
    CHECK(bench.held[0].size() < 1100);
}

TEST_CASE("by cost: heavy tails end within a twentieth of the best that is possible") {
    for (const bool pareto : {false, true}) {
        for (const int workers : {2, 8}) {
            for (std::uint64_t seed = 1; seed <= 10; ++seed) {
                std::vector<double> costs = heavy_tail(pareto, 2000, seed);
                if (seed % 3 == 1) std::sort(costs.begin(), costs.end());
                if (seed % 3 == 2) std::sort(costs.begin(), costs.end(), std::greater<>());
                simulation::Pool pool;
                pool.at(0, [&](simulation::Pool& p) {
                    for (int i = 0; i < workers; ++i) p.add_worker();
                    const auto order = order_of(costs, {.workers = static_cast<std::uint64_t>(workers)});
                    p.submit({.items = costs.size(), .order = order}, {costs, 0});
                });
                pool.run();
                const double total = std::accumulate(costs.begin(), costs.end(), 0.0);
                const double best = std::max(total / workers, *std::max_element(costs.begin(), costs.end()));
                INFO((pareto ? "pareto, " : "lognormal, ") << workers << " workers, seed " << seed);
                CHECK(pool.completed_at() < 1.05 * best);
            }
        }
    }
}

TEST_CASE("by cost: a hint that is wrong costs time, not answers") {
    std::vector<double> costs(2000, 10e-6);
    std::vector<double> hints(2000, 1.0);
    costs[1999] = 20e-3;
    hints[1999] = 0;
    simulation::Pool pool;
    pool.at(0, [&](simulation::Pool& p) {
        p.add_worker();
        p.add_worker();
        p.submit({.items = costs.size(), .order = order_of(hints, {.workers = 2})}, {costs, 0});
    });
    pool.run();
    CHECK(pool.dispatcher().jobs() == 0);
    CHECK(pool.completed_at() < 35e-3);  // half of the short ones, then the long one
}

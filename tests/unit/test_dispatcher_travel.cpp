// Workers that are far away: they are supplied for as long as a message to them and back takes.
#include <random>
#include <support/catch.hpp>
#include <unit/dispatcher_bench.hpp>
#include <unit/simulation.hpp>

using namespace hecaton::detail::scheduling;
using test::Bench;

namespace {

struct Work {
    std::uint64_t items = 2'000;
    Seconds cost = 5e-3;
    std::uint64_t chunk_size = 0;
    bool varied = false;  ///< by half of it and more, up and down
};

// Of six workers, each `latency` away: the share of the time in which they computed.
double efficiency(Seconds latency, const Work& work) {
    simulation::Pool pool({.latency = latency}, {}, 1);
    simulation::Costs costs{.each = {}, .same = work.cost};
    Seconds sum = work.cost * static_cast<double>(work.items);
    if (work.varied) {
        std::mt19937 random(3);
        std::lognormal_distribution<double> factor(-0.125, 0.5);
        sum = 0;
        for (std::uint64_t i = 0; i < work.items; ++i) sum += costs.each.emplace_back(work.cost * factor(random));
    }
    pool.at(0, [&](simulation::Pool& root) {
        for (int worker = 0; worker < 6; ++worker) root.add_worker();
        root.submit({.items = work.items, .chunk_size = work.chunk_size, .together = 8'192}, costs);
    });
    pool.run();
    return sum / 6 / pool.completed_at();
}

// The seconds of work that worker 0 holds in the middle of a long job of equal items.
Seconds held_ahead(Seconds travel) {
    Bench bench(1);
    constexpr Seconds cost = 1e-3;
    bench.dispatcher.submit({.items = 100'000, .chunk_size = 1, .together = 0}, 0);
    bench.take();
    bench.now += travel;
    bench.finish(0, cost);
    return cost * static_cast<double>(bench.held[0].size());
}

}  // namespace

TEST_CASE("the way to workers that are far away costs little") {
    for (const std::uint64_t chunk_size : {std::uint64_t{0}, std::uint64_t{1}}) {
        CHECK(efficiency(50e-6, {.chunk_size = chunk_size}) > 0.99);
        CHECK(efficiency(1e-3, {.chunk_size = chunk_size}) > 0.98);
        CHECK(efficiency(10e-3, {.chunk_size = chunk_size}) > 0.92);
        CHECK(efficiency(10e-3, {.chunk_size = chunk_size, .varied = true}) > 0.87);
        CHECK(efficiency(1e-3, {.items = 6'000, .cost = 1e-3, .chunk_size = chunk_size}) > 0.97);
        CHECK(efficiency(10e-3, {.items = 6'000, .cost = 1e-3, .chunk_size = chunk_size}) > 0.85);
        CHECK(efficiency(10e-3, {.items = 60, .cost = 0.5, .chunk_size = chunk_size, .varied = true}) > 0.8);
    }
}

TEST_CASE("a worker holds what it computes while messages travel, and not much more") {
    CHECK(held_ahead(0) <= 3e-3);
    CHECK(held_ahead(20e-3) >= 20e-3);
    CHECK(held_ahead(20e-3) <= 60e-3);
    CHECK(held_ahead(10) <= 0.3);  // that was no journey
}

TEST_CASE("one late message does not make a worker far") {
    Bench bench(1);
    const auto one = [&](Seconds travel) {
        bench.dispatcher.submit({.items = 1, .chunk_size = 1}, bench.now);
        bench.take();
        bench.now += travel;
        bench.finish(0, 1e-3);
    };
    for (int i = 0; i < 5; ++i) one(10e-6);
    one(50e-3);
    for (int i = 0; i < 1; ++i) one(10e-6);
    bench.dispatcher.submit({.items = 1'000, .chunk_size = 1, .expected = 1e-3}, bench.now);
    CHECK(bench.take().size() <= 4);
}

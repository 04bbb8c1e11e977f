// Runs: chunks of an explicit size that go out together.
#include <support/catch.hpp>
#include <unit/dispatcher_bench.hpp>

using namespace hecaton::detail::scheduling;
using namespace hecaton::detail::scheduling::test;

namespace {

constexpr double cheap = 1e-6;

// Worker 0 has measured a cheap item, and holds runs.
Bench with_runs(int workers, std::uint64_t items = 100'000, std::uint64_t chunk_size = 1) {
    Bench bench(workers);
    bench.dispatcher.submit({.items = items, .chunk_size = chunk_size, .together = 10'000}, 0);
    bench.take();
    bench.finish(0, cheap * static_cast<double>(chunk_size));
    return bench;
}

}  // namespace

TEST_CASE("cheap chunks go out in runs, long ones one by one") {
    Bench bench = with_runs(1, 100'000, 3);
    const Chunk run = bench.held[0].front();
    CHECK(run.size == 3);
    CHECK(run.count % 3 == 0);
    CHECK(static_cast<double>(run.count) * cheap <= 1e-3);  // no more than what a worker holds ahead
    CHECK(run.count > 100);

    Bench slow(1);
    slow.dispatcher.submit({.items = 100'000, .chunk_size = 1, .together = 10'000}, 0);
    slow.take();
    slow.finish(0, 10e-3);
    for (const Chunk& chunk : slow.held[0]) CHECK(chunk.count == 1);
}

TEST_CASE("runs are as short as the job says, and none are sent before something is measured") {
    Bench bench(2);
    bench.dispatcher.submit({.items = 1'000'000, .chunk_size = 2, .together = 9}, 0);
    for (const Action& action : only(Kind::send, bench.take())) CHECK(action.chunk.count == 2);
    bench.finish(0, 2 * cheap);
    for (const Chunk& chunk : bench.held[0]) CHECK(chunk.count <= 8);
    CHECK(bench.held[0].front().count == 8);
}

TEST_CASE("nobody gets more than a share of what is left") {
    Bench bench(4);
    bench.dispatcher.submit({.items = 104, .chunk_size = 1, .together = 10'000}, 0);
    bench.take();
    bench.finish(0, cheap);
    std::uint64_t held = 0;
    for (const Chunk& chunk : bench.held[0]) held += chunk.count;
    CHECK(held <= 26);
}

TEST_CASE("a run is reported bit by bit, and gives back what it has not started") {
    Bench bench = with_runs(2);
    Dispatcher& dispatcher = bench.dispatcher;
    const Chunk run = bench.held[0].front();
    REQUIRE(run.count > 20);
    CHECK(dispatcher.progressed(0, run.id, 4, 0, 4 * cheap, bench.now));
    CHECK(dispatcher.progressed(0, run.id, 6, 0, 6 * cheap, bench.now));
    CHECK(dispatcher.counters(run.job)->finished == 11);
    bench.take();
    // One chunk runs on; all behind it come back, and go to others as the same items.
    CHECK(dispatcher.progressed(0, run.id, 0, run.count - 11, 0, bench.now));
    CHECK(dispatcher.counters(run.job)->returned == 1);
    CHECK(dispatcher.progressed(0, run.id, 1, 0, cheap, bench.now));
    CHECK_FALSE(dispatcher.progressed(0, run.id, 1, 0, cheap, bench.now));  // it is over
    CHECK(dispatcher.counters(run.job)->finished == 12);
}

TEST_CASE("items of a run whose worker was lost go on one by one") {
    Bench bench = with_runs(2);
    const Chunk run = bench.held[0].front();
    bench.dispatcher.progressed(0, run.id, 10, 0, 10 * cheap, bench.now);
    bench.take();
    bench.dispatcher.worker_lost(0, bench.now);
    bench.take();
    for (int i = 0; i < 50; ++i) bench.finish(1, cheap);
    std::uint64_t suspects = 0;
    for (const Chunk& chunk : bench.held[1]) {
        if (chunk.attempt == 1) continue;
        ++suspects;
        CHECK(chunk.count == 1);
        CHECK(chunk.first >= run.first + 10);
    }
    CHECK(suspects > 0);
}

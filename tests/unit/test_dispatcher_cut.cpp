// What follows when the rest of a job is not wanted any more: nothing is handed out, and nobody waits for what runs.
#include <support/catch.hpp>
#include <unit/dispatcher_bench.hpp>
#include <unit/simulation_ledger.hpp>

using namespace hecaton::detail::scheduling;
using namespace hecaton::detail::scheduling::test;

TEST_CASE("a job that is cut is complete at once, and its workers are asked for what they have not started") {
    Bench bench(2);
    const JobId job = bench.dispatcher.submit({.items = 10, .chunk_size = 2}, 0);
    bench.take();
    bench.dispatcher.cut(job, 0, 0);
    const auto actions = bench.take();
    CHECK(only(Kind::recall, actions).size() == 2);
    CHECK(items(only(Kind::cancelled, actions)) == 10);
    CHECK(actions.back().kind == Kind::complete);
    CHECK(bench.dispatcher.jobs() == 0);
    CHECK(!bench.dispatcher.counters(job));
    CHECK(bench.dispatcher.chunks_at(0) == 1);
}

TEST_CASE("what comes of the items that ran does not count, and their workers get other work then") {
    Bench bench(2);
    const JobId job = bench.dispatcher.submit({.items = 4, .chunk_size = 2}, 0);
    bench.take();
    bench.dispatcher.cut(job, 0, 0);
    bench.take();
    const JobId next = bench.dispatcher.submit({.items = 2, .chunk_size = 1}, 0);
    CHECK(only(Kind::send, bench.take()).empty());  // both have yet to answer
    bench.now = 1;
    bench.dispatcher.recall_answered(0, bench.now);
    bench.dispatcher.recall_answered(1, bench.now);
    bench.take();
    for (const int worker : {0, 1}) {
        const Chunk chunk = bench.held[worker].front();
        REQUIRE(chunk.job == job);
        bench.held[worker].erase(bench.held[worker].begin());
        CHECK(bench.dispatcher.held(worker, chunk.id));
        CHECK(!bench.dispatcher.finished(worker, chunk.id, 1, 1, bench.now));
        bench.take();
    }
    CHECK(bench.dispatcher.counters(next)->chunks == 2);
    CHECK(bench.finish(0, 1).empty());
    CHECK(bench.finish(1, 1).back().chunk.job == next);
}

TEST_CASE("a cut in the middle lets the items before it run") {
    Bench bench(2);
    const JobId job = bench.dispatcher.submit({.items = 100, .open = true, .chunk_size = 1}, 0);
    bench.take();
    // Item 1 is with worker 1: it has failed, say.
    REQUIRE(bench.held[1].front().first == 1);
    bench.finish(1, 1);
    bench.dispatcher.cut(job, 2, bench.now);
    auto actions = bench.take();
    CHECK(only(Kind::complete, actions).empty());  // item 0 still runs
    CHECK(only(Kind::send, actions).empty());
    CHECK(!bench.dispatcher.counters(job)->open);
    bench.dispatcher.extend(job, 10, bench.now);
    CHECK(bench.take().empty());
    actions = bench.finish(0, 1);
    CHECK(actions.back().kind == Kind::complete);
    CHECK(bench.dispatcher.jobs() == 0);
}

TEST_CASE("a second cut lies before the first, or changes nothing") {
    Bench bench(1);
    const JobId job = bench.dispatcher.submit({.items = 100, .chunk_size = 1}, 0);
    bench.take();
    bench.dispatcher.cut(job, 50, 0);
    CHECK(items(only(Kind::cancelled, bench.take())) == 50);
    bench.dispatcher.cut(job, 60, 0);
    CHECK(bench.take().empty());
    bench.dispatcher.cut(job, 10, 0);
    CHECK(items(only(Kind::cancelled, bench.take())) == 40);
    while (bench.dispatcher.jobs() != 0) {
        REQUIRE(!bench.held[0].empty());
        CHECK(bench.held[0].front().first < 10);
        bench.finish(0, 1e-3);
        if (bench.held[0].empty()) bench.answer(0, 0);
    }
}

TEST_CASE("a worker that is lost with items that nobody wants any more gives nothing back") {
    Bench bench(2);
    const JobId job = bench.dispatcher.submit({.items = 2, .chunk_size = 1}, 0);
    bench.take();
    bench.dispatcher.cut(job, 0, 0);
    bench.take();
    bench.dispatcher.worker_lost(0, 0);
    CHECK(bench.take().empty());
    const Chunk chunk = bench.held[1].front();
    CHECK(!bench.dispatcher.finished(1, chunk.id, 1, 1, 1));
    CHECK(bench.take().empty());
}

TEST_CASE("10,000 workers: a cut ends a job within two messages' time, whatever they run") {
    using namespace simulation;
    Network network;
    network.root = 0;
    Pool pool(network);
    JobId job = 0;
    pool.at(0, [&](Pool& p) {
        for (int i = 0; i < 10'000; ++i) p.add_worker();
        job = p.submit({.items = 1'000'000, .chunk_size = 1}, {{}, 100});
    });
    Seconds over = -1;
    pool.at(5, [&](Pool& p) {
        p.cut(job, 0);
        if (p.dispatcher().jobs() == 0) over = p.now();
    });
    CHECK(pool.run() < 101);  // each worker ends what it runs, and nothing more
    CHECK(over == 5);
}

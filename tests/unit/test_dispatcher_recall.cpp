// The rules by which the dispatcher asks workers for what they have not started, and what becomes of that.
#include <support/catch.hpp>
#include <unit/dispatcher_bench.hpp>

using namespace hecaton::detail::scheduling;
using namespace hecaton::detail::scheduling::test;

TEST_CASE("an idle worker gets what another has not started") {
    Bench bench(1);
    bench.dispatcher.submit({.items = 10, .chunk_size = 1}, 0);
    bench.take();
    bench.finish(0, 10e-3);
    REQUIRE(bench.held[0].size() == 2);
    bench.dispatcher.add_worker(bench.now);
    bench.take();
    while (bench.dispatcher.chunks_at(1) != 0 && bench.dispatcher.chunks_at(0) + bench.dispatcher.chunks_at(1) > 1) {
        const auto actions = bench.finish(1, 10e-3);
        if (const auto recalls = only(Kind::recall, actions); !recalls.empty()) {
            REQUIRE(recalls.size() == 1);
            CHECK(recalls[0].worker == 0);
            const auto sent = only(Kind::send, bench.answer(0, 1));
            REQUIRE(sent.size() == 1);
            CHECK(sent[0].worker == 1);
            CHECK(sent[0].chunk.attempt == 1);
            return;
        }
    }
    FAIL("no recall");
}

TEST_CASE("a running chunk is cut, and its rest is shared by those that are idle") {
    Bench bench(4);
    bench.dispatcher.submit({.items = 100, .chunk_size = 100}, 0);
    REQUIRE(bench.take().size() == 1);
    CHECK(bench.dispatcher.next_tick().has_value());
    bench.now = *bench.dispatcher.next_tick();
    bench.dispatcher.tick(bench.now / 2);
    CHECK(bench.take().empty());
    bench.dispatcher.tick(bench.now * 1.001);
    CHECK(only(Kind::recall, bench.take()).size() == 1);
    bench.dispatcher.tick(bench.now * 3);
    CHECK(bench.take().empty());  // one recall at a time
    REQUIRE(bench.dispatcher.finished(0, bench.held[0][0].id, 10, 1.0, bench.now));
    bench.dispatcher.recall_answered(0, bench.now);
    const auto sent = only(Kind::send, bench.take());
    CHECK(items(sent) == 90);
    REQUIRE(sent.size() == 3);
    for (const Action& action : sent) CHECK(action.chunk.count == 30);
}

TEST_CASE("a chunk that comes back before it was begun is shared, not passed on whole") {
    Bench bench(3);
    const JobId job = bench.dispatcher.submit({.items = 1, .open = true, .chunk_size = 100}, 0);
    REQUIRE(bench.take().size() == 1);
    bench.finish(0, 1.0);  // items are known to be slow
    bench.dispatcher.extend(job, 9, bench.now);
    const auto sends = only(Kind::send, bench.take());
    REQUIRE(sends.size() == 1);
    bench.dispatcher.tick(bench.now);
    const auto recalls = only(Kind::recall, bench.take());
    REQUIRE(recalls.size() == 1);
    REQUIRE(recalls[0].worker == sends[0].worker);
    const auto again = only(Kind::send, bench.answer(sends[0].worker, 0));
    CHECK(again.size() == 3);
    for (const Action& action : again) CHECK(action.chunk.count <= 3);
}

TEST_CASE("what comes back is not piled up while its last owner gives back the rest") {
    Bench bench(2);
    const JobId job = bench.dispatcher.submit({.items = 1, .open = true, .chunk_size = 1}, 0);
    bench.take();
    bench.finish(0, 0.7e-3);
    bench.dispatcher.extend(job, 3, bench.now);
    bench.take();
    const int full = bench.held[0].size() == 2 ? 0 : 1;
    REQUIRE(bench.held[full].size() == 2);
    REQUIRE(only(Kind::recall, bench.finish(1 - full, 0.7e-3)).size() == 1);
    const auto actions = bench.answer(full, 0);  // it had begun neither
    CHECK(bench.held[0].size() == 1);
    CHECK(bench.held[1].size() == 1);
    CHECK(only(Kind::recall, actions).empty());
}

TEST_CASE("no recall for what is done sooner than asked for") {
    Bench bench(2);
    bench.dispatcher.submit({.items = 20, .chunk_size = 10}, 0);
    bench.take();
    bench.dispatcher.submit({.items = 10, .chunk_size = 10}, 0);
    bench.finish(0, 10e-6);
    const auto actions = bench.finish(1, 10e-6);
    CHECK(only(Kind::recall, actions).empty());
    CHECK(bench.dispatcher.chunks_at(0) == 1);
}

TEST_CASE("nothing is sent to a worker that has not answered a recall") {
    Bench bench(2);
    bench.dispatcher.submit({.items = 100, .chunk_size = 100}, 0);
    bench.take();
    bench.dispatcher.tick(1.0);
    REQUIRE(only(Kind::recall, bench.take()).size() == 1);
    REQUIRE(bench.dispatcher.finished(0, bench.held[0][0].id, 1, 1.0, 1.0));
    for (const Action& action : bench.take()) CHECK(action.worker == 1);
    bench.dispatcher.submit({.items = 1}, 1.0);
    CHECK(bench.take().empty());
    bench.dispatcher.recall_answered(0, 1.0);
    CHECK(items(only(Kind::send, bench.take())) == 49 + 1);  // its share of the rest, and the new job
}

TEST_CASE("a chunk that is always asked for before it is begun becomes smaller, and is run in the end") {
    const std::size_t workers = GENERATE(2U, 3U);
    Bench bench(static_cast<int>(workers));
    // One chunk for each worker that took long, so that all are asked for what they hold as soon as one is idle.
    bench.dispatcher.submit({.items = workers, .chunk_size = 1}, 0);
    bench.take();
    for (std::size_t worker = 0; worker < workers; ++worker) bench.finish(static_cast<int>(worker), 1.0);
    bench.dispatcher.submit({.items = 8, .chunk_size = 8}, bench.now);
    bench.take();
    bench.dispatcher.tick(bench.now);
    auto actions = bench.take();
    REQUIRE(!only(Kind::recall, actions).empty());
    int rounds = 0;
    for (; !only(Kind::recall, actions).empty() && rounds < 100; ++rounds) {
        const auto recalls = only(Kind::recall, actions);
        actions.clear();
        for (const Action& recall : recalls)
            for (const Action& next : bench.answer(recall.worker, 0)) actions.push_back(next);
    }
    CHECK(rounds < 20);
}

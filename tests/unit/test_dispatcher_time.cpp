// The time is limited: what cannot be done until then is not begun, and what can is.
#include <support/catch.hpp>
#include <unit/dispatcher_bench.hpp>
#include <unit/simulation_ledger.hpp>

using namespace hecaton::detail::scheduling;
using namespace hecaton::detail::scheduling::test;

namespace {

using simulation::Costs;
using simulation::Network;
using simulation::Pool;

// What became of the one job of a run in virtual time.
struct Limited {
    JobCounters counters;
    Seconds begun_last = 0;
    Seconds completed = 0;
};

Limited run(int workers, const JobSpec& spec, const Costs& costs, Seconds last, Seconds told = 0) {
    class Watch : public simulation::Ledger {
      public:
        void acted(const Action& action) override {
            Ledger::acted(action);
            if (action.kind == Kind::complete) seen_counters = pool->dispatcher().completed().front();
            if (action.kind == Kind::send) begun_last = pool->now();
        }
        Pool* pool = nullptr;
        JobCounters seen_counters;
        Seconds begun_last = 0;
    } watch;
    Pool pool(Network(), {}, 1, &watch);
    watch.pool = &pool;
    pool.block_of = [&](JobId job) { return watch.block_of(job); };
    pool.at(0, [&](Pool& p) {
        for (int i = 0; i < workers; ++i) p.add_worker();
        p.submit(spec, costs);
    });
    pool.at(told, [&](Pool& p) { p.end_at(last); });
    pool.run();
    watch.close(pool.dispatcher());
    return {.counters = watch.seen_counters, .begun_last = watch.begun_last, .completed = pool.completed_at()};
}

}  // namespace

TEST_CASE("items that cannot be done in time are not begun, and those under way are drained") {
    const Limited seen = run(4, {.items = 1'000, .chunk_size = 1}, {{}, 1}, 100.5);
    CHECK(seen.counters.out_of_time);
    CHECK(seen.counters.finished == 400);
    CHECK(seen.counters.cancelled == 600);
    CHECK(seen.counters.drained > 0);
    CHECK(seen.counters.drained <= 4);
    CHECK(seen.begun_last < 99.5);
    CHECK(seen.completed < 100.5);
}

TEST_CASE("a job that is done in time is not touched") {
    const Limited seen = run(4, {.items = 1'000, .chunk_size = 1}, {{}, 1}, 260);
    CHECK(seen.counters.finished == 1'000);
    CHECK(seen.counters.cancelled == 0);
}

TEST_CASE("the last items of a job are run where there is the time, also after the moment for another one") {
    const Limited seen = run(4, {.items = 8, .chunk_size = 1}, {{}, 1}, 2.5);
    CHECK(seen.counters.finished == 8);
    CHECK(seen.counters.cancelled == 0);
}

TEST_CASE("a chunk that is longer than the time left ends behind the last item that fits") {
    const Limited seen = run(1, {.items = 100, .chunk_size = 10}, {{}, 1}, 15.5);
    CHECK(seen.counters.finished == 15);
    CHECK(seen.completed < 15.5);
}

TEST_CASE("a chunk of which nothing is known runs until the time is over") {
    const Limited seen = run(2, {.items = 100, .chunk_size = 50}, {{}, 1}, 10.5);
    CHECK(seen.counters.finished == 22);  // the items that ran at that moment are finished
    CHECK(seen.counters.cancelled == 78);
}

TEST_CASE("whole blocks only") {
    const Limited seen = run(1, {.items = 100, .block = 8}, {{}, 1}, 20.5);
    CHECK(seen.counters.finished == 16);
}

TEST_CASE("of items whose costs are told, the short ones are done when the time is too short for the long ones") {
    Costs costs;
    for (int i = 0; i < 10; ++i) costs.each.push_back(10);
    for (int i = 0; i < 100; ++i) costs.each.push_back(0.1);
    JobSpec spec{.items = 110, .chunk_size = 1};
    spec.order = std::make_shared<const CostOrder>(costs.each, CostOrderLimits{.workers = 1, .chunk_size = 1});
    const Limited seen = run(1, spec, costs, 35);
    CHECK(seen.counters.finished > 3 + 40);
    CHECK(seen.counters.cancelled > 6);
    CHECK(seen.completed < 35);
}

TEST_CASE("jobs that come late are cut at once, but not what is done already") {
    Bench bench(2);
    bench.dispatcher.end_at(10, 0);
    bench.now = 11;
    const JobId late = bench.dispatcher.submit({.items = 5}, bench.now);
    auto actions = bench.take();
    CHECK(only(Kind::send, actions).empty());
    CHECK(items(only(Kind::cancelled, actions)) == 5);
    REQUIRE(only(Kind::complete, actions).size() == 1);
    CHECK(only(Kind::complete, actions)[0].chunk.job == late);
    const ItemRange all{0, 5};
    bench.dispatcher.submit({.items = 5, .done = {&all, 1}}, bench.now);
    REQUIRE(bench.dispatcher.completed().size() == 1);
    CHECK(bench.dispatcher.completed()[0].done_before == 5);
    CHECK_FALSE(bench.dispatcher.completed()[0].out_of_time);
}

TEST_CASE("an open input is cut too, and more of it is ignored") {
    Bench bench(1);
    const JobId job = bench.dispatcher.submit({.items = 3, .open = true, .chunk_size = 1}, 0);
    bench.take();
    bench.dispatcher.end_at(0, 0);  // now
    bench.take();
    bench.dispatcher.extend(job, 5, 0);
    bench.dispatcher.close_input(job, 0);
    CHECK(bench.take().empty());
    const auto actions = bench.finish(0, 1);
    REQUIRE(only(Kind::complete, actions).size() == 1);
    CHECK_FALSE(bench.dispatcher.next_tick());
}

TEST_CASE("the moment can be moved, in both directions") {
    Bench bench(1);
    bench.dispatcher.submit({.items = 10, .chunk_size = 1}, 0);
    bench.take();
    bench.dispatcher.end_at(100, 0);
    bench.dispatcher.end_at(5, 0);
    bench.finish(0, 1);
    bench.dispatcher.end_at(50, bench.now);
    bench.now = 6;
    bench.dispatcher.tick(bench.now);
    CHECK(only(Kind::cancelled, bench.take()).empty());
    bench.dispatcher.end_at(6, bench.now);
    CHECK(!only(Kind::cancelled, bench.take()).empty());
}

TEST_CASE("nobody has to look at the time where there is nothing to run") {
    Bench bench(1);
    bench.dispatcher.end_at(10, 0);
    CHECK_FALSE(bench.dispatcher.next_tick());
    bench.dispatcher.submit({.items = 1}, 1);
    bench.take();
    REQUIRE(bench.dispatcher.next_tick());
    CHECK(*bench.dispatcher.next_tick() <= 10);
    bench.finish(0, 1);
    CHECK_FALSE(bench.dispatcher.next_tick());
}

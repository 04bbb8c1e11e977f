// One case for each rule of the dispatcher: which actions follow from which events. Recalls have a file of their own.
#include <algorithm>
#include <support/catch.hpp>
#include <unit/dispatcher_bench.hpp>

using namespace hecaton::detail::scheduling;
using namespace hecaton::detail::scheduling::test;

TEST_CASE("an empty job completes at once, with and without workers") {
    Bench bench(GENERATE(0, 3));
    const JobId job = bench.dispatcher.submit({}, 0);
    const auto actions = bench.take();
    REQUIRE(actions.size() == 1);
    CHECK(actions[0].kind == Kind::complete);
    CHECK(actions[0].chunk.job == job);
    CHECK(bench.dispatcher.jobs() == 0);
}

TEST_CASE("items that are done already are not sent, and count") {
    Bench bench(1);
    const std::vector<ItemRange> done{{0, 2}, {5, 3}};
    bench.dispatcher.submit({.items = 10, .chunk_size = 4, .done = done}, 0);
    std::vector<std::uint64_t> sent;
    for (auto actions = bench.take(); !bench.held[0].empty(); actions = bench.finish(0, 1e-3)) {
        const Chunk chunk = bench.held[0].front();
        for (std::uint64_t i = 0; i < chunk.count; ++i) sent.push_back(chunk.first + i);
        if (sent.size() == 5) CHECK(bench.dispatcher.counters(chunk.job)->done_before == 5);
    }
    CHECK(sent == std::vector<std::uint64_t>{2, 3, 4, 8, 9});
    CHECK(bench.dispatcher.jobs() == 0);

    const std::vector<ItemRange> all{{0, 10}};
    bench.dispatcher.submit({.items = 10, .done = all}, 0);
    const auto actions = bench.take();
    REQUIRE(actions.size() == 1);
    CHECK(actions[0].kind == Kind::complete);
}

TEST_CASE("an order by cost leaves out the items that are done already") {
    const std::vector<double> costs{1, 9, 1, 5, 1, 1};
    const std::vector<ItemRange> done{{1, 1}, {4, 2}};
    const CostOrder order(costs, {.workers = 1, .chunk_size = 1, .done = done});
    std::vector<std::uint64_t> first;
    for (const ItemRange& piece : order.pieces()) {
        CHECK(piece.count == 1);
        first.push_back(piece.first);
    }
    CHECK(first == std::vector<std::uint64_t>{3, 0, 2});
}

TEST_CASE("work waits for the first worker") {
    Bench bench(0);
    bench.dispatcher.submit({.items = 2, .chunk_size = 10}, 0);
    CHECK(bench.take().empty());
    CHECK(bench.dispatcher.add_worker(0) == 0);
    const auto actions = bench.take();
    REQUIRE(actions.size() == 1);
    CHECK(actions[0].chunk.count == 2);
    CHECK(bench.finish(0, 1e-3).back().kind == Kind::complete);
}

TEST_CASE("before a job is measured each worker has one chunk of it, of one item") {
    Bench bench(4);
    bench.dispatcher.submit({.items = 1000}, 0);
    const auto actions = bench.take();
    REQUIRE(actions.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(actions[i].worker == static_cast<int>(i));
        CHECK(actions[i].chunk.first == i);
        CHECK(actions[i].chunk.count == 1);
        CHECK(actions[i].chunk.attempt == 1);
    }
}

TEST_CASE("short chunks are sent ahead, in batches for each worker") {
    Bench bench(2);
    bench.dispatcher.submit({.items = 1'000'000, .chunk_size = 1}, 0);
    bench.take();
    bench.finish(0, 1e-6);
    const std::size_t full = bench.held[0].size();
    CHECK(full > 900);  // a millisecond
    CHECK(full < 1100);
    CHECK(bench.held[1].size() > 900);
    std::size_t batches = 0;
    for (std::size_t i = 0; i < full; ++i) {
        const auto actions = bench.finish(0, 1e-6);
        if (actions.empty()) continue;
        ++batches;
        CHECK(actions.size() > full / 3);
        CHECK(std::all_of(actions.begin(), actions.end(), [](const Action& a) { return a.worker == 0; }));
    }
    CHECK(batches >= 1);
    CHECK(batches <= 3);
}

TEST_CASE("however short, chunks ahead are bounded") {
    Bench bench(1);
    bench.dispatcher.submit({.items = 1'000'000, .chunk_size = 1}, 0);
    bench.take();
    bench.finish(0, 0);
    CHECK(bench.dispatcher.chunks_at(0) == SizingOptions().queue);
}

TEST_CASE("long items: one running and one ahead; very long ones: none ahead") {
    Bench bench(2);
    bench.dispatcher.submit({.items = 1000}, 0);
    bench.take();
    bench.finish(0, 20e-3);
    CHECK(bench.dispatcher.chunks_at(0) == 2);
    CHECK(bench.held[0].back().count == 1);
    Bench slow(2);
    slow.dispatcher.submit({.items = 1000}, 0);
    slow.take();
    slow.finish(0, 10.0);
    CHECK(slow.dispatcher.chunks_at(0) == 1);
}

TEST_CASE("automatic chunks grow with what was measured and shrink towards the end") {
    Bench bench(2);
    bench.dispatcher.submit({.items = 1'000'000}, 0);
    bench.take();
    std::uint64_t largest = 0;
    std::uint64_t last = 0;  // items of the chunk with the last item
    std::uint64_t left = 1'000'000;
    while (bench.dispatcher.jobs() != 0) {
        const int worker = bench.held[0].empty()               ? 1
                           : bench.held[1].empty()             ? 0
                           : bench.held[0].front().id % 2 == 0 ? 0
                                                               : 1;
        const Chunk chunk = bench.held[worker].front();
        left -= chunk.count;
        if (chunk.first + chunk.count == 1'000'000) last = chunk.count;
        largest = std::max(largest, chunk.count);
        bench.finish(worker, 1e-6 * static_cast<double>(chunk.count));
    }
    CHECK(left == 0);
    CHECK(largest > 1000);
    CHECK(largest <= 20'000);
    CHECK(last <= 25);  // as many microseconds
}

TEST_CASE("nothing ahead in the tail") {
    Bench bench(4);
    bench.dispatcher.submit({.items = 12, .chunk_size = 1}, 0);
    bench.take();
    for (int worker = 0; worker < 4; ++worker) bench.finish(worker, 1e-3);
    for (int worker = 0; worker < 4; ++worker) CHECK(bench.dispatcher.chunks_at(worker) <= 2);
    for (int worker = 0; worker < 4; ++worker) bench.finish(worker, 1e-3);
    for (int worker = 0; worker < 4; ++worker) CHECK(bench.dispatcher.chunks_at(worker) == 1);
}

TEST_CASE("jobs are served in the order of submission") {
    Bench bench(1);
    const JobId first = bench.dispatcher.submit({.items = 3, .chunk_size = 1}, 0);
    const JobId second = bench.dispatcher.submit({.items = 2, .chunk_size = 1}, 0);
    bench.take();
    std::vector<JobId> order;
    while (bench.dispatcher.jobs() != 0) {
        order.push_back(bench.held[0].front().job);
        bench.finish(0, 1.0);
    }
    CHECK(order == std::vector<JobId>{first, first, first, second, second});
}

TEST_CASE("an open job without known items lets later ones through") {
    Bench bench(1);
    const JobId open = bench.dispatcher.submit({.open = true}, 0);
    const JobId later = bench.dispatcher.submit({.items = 2, .chunk_size = 1}, 0);
    CHECK(bench.take().front().chunk.job == later);
    bench.dispatcher.extend(open, 1, 0);
    bench.take();
    CHECK(bench.finish(0, 1.0).front().chunk.job == open);  // earlier again
    CHECK(bench.finish(0, 1.0).front().chunk.job == later);
    const auto actions = bench.finish(0, 1.0);
    CHECK(items(actions) == 0);
    REQUIRE(only(Kind::complete, actions).size() == 1);
    bench.dispatcher.close_input(open, 0);
    CHECK(only(Kind::complete, bench.take()).size() == 1);
}

TEST_CASE("blocks: chunks of an open input begin and end at blocks, the last apart") {
    Bench bench(1);
    const JobId job = bench.dispatcher.submit({.items = 10, .open = true, .chunk_size = 3, .block = 4}, 0);
    auto actions = bench.take();
    REQUIRE(actions.size() == 1);
    CHECK(actions[0].chunk.count == 4);  // 3 rounded up
    actions = bench.finish(0, 1.0);
    REQUIRE(actions.size() == 1);
    CHECK(actions[0].chunk.first == 4);
    CHECK(bench.finish(0, 1.0).empty());  // 8 and 9 may get company
    bench.dispatcher.extend(job, 1, 0);
    CHECK(bench.take().empty());
    bench.dispatcher.close_input(job, 0);
    actions = bench.take();
    REQUIRE(actions.size() == 1);
    CHECK(actions[0].chunk.first == 8);
    CHECK(actions[0].chunk.count == 3);
}

TEST_CASE("a lost worker: the oldest chunk is suspect and goes on item by item, the others as they are") {
    Bench bench(1);
    bench.dispatcher.submit({.items = 1000, .chunk_size = 4}, 0);
    bench.take();
    bench.finish(0, 4e-6);
    const auto held = bench.held[0];
    REQUIRE(held.size() > 3);
    bench.dispatcher.add_worker(bench.now);
    bench.take();
    bench.dispatcher.worker_lost(0, bench.now);
    CHECK(bench.dispatcher.chunks_at(0) == 0);
    bench.take();
    std::map<std::uint64_t, Chunk> by_first;
    for (const Chunk& chunk : bench.held[1]) by_first[chunk.first] = chunk;
    while (bench.dispatcher.counters(held[0].job)->finished < 500 && !bench.held[1].empty()) {
        for (const Action& action : bench.finish(1, 4e-6)) {
            CHECK(action.worker == 1);
            by_first[action.chunk.first] = action.chunk;
        }
    }
    for (std::uint64_t i = 0; i < 4; ++i) {
        CHECK(by_first.at(held[0].first + i).count == 1);
        CHECK(by_first.at(held[0].first + i).attempt == 2);
    }
    CHECK(by_first.at(held[1].first).count == 4);
    CHECK(by_first.at(held[1].first).attempt == 1);
    CHECK(bench.dispatcher.counters(held[0].job)->retried == 4);
}

TEST_CASE("an item is given up after as many attempts as it has") {
    const int attempts = GENERATE(1, 2, 3);
    Bench bench(attempts + 1);
    bench.dispatcher.submit({.items = 1, .attempts = attempts}, 0);
    for (int attempt = 1; attempt <= attempts; ++attempt) {
        const auto actions = bench.take();
        REQUIRE(actions.size() == 1);
        REQUIRE(actions[0].kind == Kind::send);
        CHECK(actions[0].chunk.attempt == static_cast<std::uint32_t>(attempt));
        bench.dispatcher.worker_lost(actions[0].worker, 0);
    }
    const auto actions = bench.take();
    REQUIRE(actions.size() == 2);
    CHECK(actions[0].kind == Kind::lost);
    CHECK(actions[0].worker == attempts - 1);
    CHECK(actions[0].chunk.attempt == static_cast<std::uint32_t>(attempts));
    CHECK(actions[1].kind == Kind::complete);
}

TEST_CASE("with the last worker everything unsent is lost; a new worker serves new jobs") {
    Bench bench(2);
    bench.dispatcher.submit({.items = std::uint64_t{1} << 40}, 0);
    const JobId open = bench.dispatcher.submit({.items = 5, .open = true}, 0);
    bench.take();
    bench.dispatcher.worker_lost(1, 0);
    bench.take();
    bench.dispatcher.worker_lost(0, 0);
    const auto actions = bench.take();
    CHECK(items(only(Kind::lost, actions)) == (std::uint64_t{1} << 40) + 5);
    for (const Action& action : only(Kind::lost, actions)) CHECK(action.worker == 0);
    CHECK(only(Kind::complete, actions).size() == 1);
    CHECK(actions.size() < 10);
    bench.dispatcher.submit({.items = 3}, 0);
    CHECK(items(only(Kind::lost, bench.take())) == 3);
    CHECK(bench.dispatcher.add_worker(0) == 2);
    bench.dispatcher.extend(open, 1, 0);
    const auto sent = bench.take();
    REQUIRE(sent.size() == 1);
    CHECK(sent[0].worker == 2);
    CHECK(sent[0].chunk.first == 5);
}

TEST_CASE("stale and impossible events are ignored") {
    Bench bench(2);
    bench.dispatcher.submit({.items = 2, .chunk_size = 1}, 0);
    const auto sent = bench.take();
    CHECK_FALSE(bench.dispatcher.finished(1, sent[0].chunk.id, 1, 1, 0));  // another's
    CHECK_FALSE(bench.dispatcher.finished(-1, sent[0].chunk.id, 1, 1, 0));
    CHECK_FALSE(bench.dispatcher.finished(0, 0, 1, 1, 0));
    CHECK_FALSE(bench.dispatcher.finished(0, UINT64_MAX, 1, 1, 0));
    bench.dispatcher.worker_lost(0, 0);
    bench.dispatcher.worker_lost(0, 0);
    bench.dispatcher.worker_lost(7, 0);
    bench.dispatcher.worker_lost(-1, 0);
    bench.dispatcher.recall_answered(0, 0);
    bench.dispatcher.recall_answered(99, 0);
    CHECK_FALSE(bench.dispatcher.finished(0, sent[0].chunk.id, 1, 1, 0));
    CHECK(bench.dispatcher.workers_alive() == 1);
    CHECK(bench.dispatcher.finished(1, sent[1].chunk.id, 1, 1, 0));
    CHECK_FALSE(bench.dispatcher.finished(1, sent[1].chunk.id, 1, 1, 0));  // twice
    bench.dispatcher.cancel(12345, 0);
    bench.dispatcher.extend(12345, 1, 0);
    bench.dispatcher.close_input(12345, 0);
    CHECK(bench.dispatcher.jobs() == 1);
}

TEST_CASE("cancel: unsent items at once, held ones when they come back, finished ones count") {
    Bench bench(2);
    const JobId job = bench.dispatcher.submit({.items = 1000, .open = true, .chunk_size = 10}, 0);
    bench.take();
    bench.dispatcher.cancel(job, 0);
    auto actions = bench.take();
    CHECK(items(only(Kind::cancelled, actions)) == 980);
    CHECK(only(Kind::recall, actions).size() == 2);
    bench.dispatcher.cancel(job, 0);
    bench.dispatcher.extend(job, 5, 0);
    CHECK(bench.take().empty());
    CHECK(only(Kind::send, bench.finish(0, 1e-3)).empty());
    actions = bench.answer(1, 0);
    CHECK(items(only(Kind::cancelled, actions)) == 10);
    REQUIRE(only(Kind::complete, actions).size() == 1);
    bench.dispatcher.cancel(job, 0);
    CHECK(bench.take().empty());
    CHECK_FALSE(bench.dispatcher.counters(job).has_value());
}

TEST_CASE("cancelling 100,000 jobs does not take time with what they hold") {
    Bench bench(2);
    std::vector<JobId> jobs;
    for (int i = 0; i < 100'000; ++i) jobs.push_back(bench.dispatcher.submit({.items = 1}, 0));
    bench.take();
    CHECK(bench.dispatcher.jobs() == 100'000);
    for (const JobId job : jobs) bench.dispatcher.cancel(job, 0);
    CHECK(bench.dispatcher.jobs() == 2);
    CHECK(only(Kind::cancelled, bench.take()).size() == 99'998);
}

TEST_CASE("jobs of one item are sent ahead once it is known how short they are") {
    Bench bench(1);
    for (int i = 0; i < 10'000; ++i) bench.dispatcher.submit({.items = 1}, 0);
    CHECK(bench.take().size() == 1);
    bench.finish(0, 1e-5);
    CHECK(bench.dispatcher.chunks_at(0) >= 8);
}

TEST_CASE("the counters of a job come with its completion") {
    Bench bench(1);
    const JobId job = bench.dispatcher.submit({.items = 2, .chunk_size = 1}, 0);
    bench.take();
    bench.finish(0, 0.25);
    REQUIRE(bench.dispatcher.finished(0, bench.held[0].front().id, 1, 0.5, 1));
    REQUIRE(bench.dispatcher.completed().size() == 1);
    const JobCounters& counters = bench.dispatcher.completed()[0];
    CHECK(counters.job == job);
    CHECK(counters.items == 2);
    CHECK(counters.finished == 2);
    CHECK(counters.chunks == 2);
    CHECK(counters.retried == 0);
    CHECK(counters.computed == 0.75);
    bench.dispatcher.clear_actions();
    CHECK(bench.dispatcher.completed().empty());
}

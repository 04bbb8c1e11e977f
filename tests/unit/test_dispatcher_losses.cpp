// Workers that die in the middle of an item: which items it counts for, and how they go on.
#include <algorithm>
#include <map>
#include <support/catch.hpp>
#include <unit/dispatcher_bench.hpp>

using namespace hecaton::detail::scheduling;
using namespace hecaton::detail::scheduling::test;

namespace {

using Known = LastItem::Known;

// Attempts by item, of all that worker 1 gets after worker 0 was lost.
std::map<std::uint64_t, Chunk> sent_again(Bench& bench) {
    std::map<std::uint64_t, Chunk> chunks;
    for (auto actions = bench.take(); !bench.held[1].empty(); actions = bench.finish(1, 1e-3)) {
        const Chunk chunk = bench.held[1].front();
        for (std::uint64_t i = 0; i < chunk.count; ++i) chunks[chunk.first + i] = chunk;
    }
    return chunks;
}

}  // namespace

TEST_CASE("only the item that ran counts a death, and goes on alone") {
    Bench bench(1);
    bench.dispatcher.submit({.items = 40, .chunk_size = 10}, 0);
    bench.take();
    const Chunk held = bench.held[0].front();
    REQUIRE(held.count == 10);
    bench.dispatcher.add_worker(0);
    bench.dispatcher.worker_lost(0, 0, {Known::item, held.first + 4});
    const auto again = sent_again(bench);
    REQUIRE(again.size() == 40);
    for (const auto& [item, chunk] : again) {
        CAPTURE(item);
        CHECK(chunk.attempt == (item == held.first + 4 ? 2 : 1));
        if (item == held.first + 4) CHECK(chunk.count == 1);
    }
    CHECK(bench.dispatcher.jobs() == 0);
}

TEST_CASE("what a worker ran is in its oldest chunk, or in that which has the item") {
    Bench bench(1);
    bench.dispatcher.submit({.items = 1'000, .chunk_size = 10}, 0);
    bench.take();
    bench.finish(0, 1e-3);  // from then on it is supplied ahead of time
    REQUIRE(bench.held[0].size() >= 2);
    const Chunk first = bench.held[0][0];
    const Chunk second = bench.held[0][1];
    const auto first_of = [&](LastItem last) { return bench.dispatcher.oldest(0, last)->first; };
    CHECK(first_of({}) == first.first);
    CHECK(first_of({Known::item, first.first + 9}) == first.first);
    CHECK(first_of({Known::item, second.first}) == second.first);
    CHECK_FALSE(bench.dispatcher.oldest(0, {Known::item, 977}));
    CHECK_FALSE(bench.dispatcher.oldest(1));
    bench.dispatcher.progressed(0, first.id, 3, 0, 1e-3, 0);
    CHECK(first_of({}) == first.first + 3);
    CHECK(bench.dispatcher.oldest(0)->count == 7);
    CHECK(bench.dispatcher.oldest(0)->attempt == 1);
    CHECK_FALSE(bench.dispatcher.oldest(0, {Known::item, first.first + 2}));
}

TEST_CASE("a death between two items counts for none") {
    Bench bench(1);
    bench.dispatcher.submit({.items = 40, .chunk_size = 10}, 0);
    bench.take();
    bench.dispatcher.add_worker(0);
    bench.dispatcher.worker_lost(0, 0, {.known = Known::none});
    for (const auto& [item, chunk] : sent_again(bench)) CHECK(chunk.attempt == 1);
    CHECK(bench.dispatcher.jobs() == 0);
}

TEST_CASE("an item that nobody holds counts for none") {
    Bench bench(1);
    bench.dispatcher.submit({.items = 10, .chunk_size = 10}, 0);
    bench.take();
    bench.dispatcher.add_worker(0);
    bench.dispatcher.worker_lost(0, 0, {Known::item, 77});
    for (const auto& [item, chunk] : sent_again(bench)) CHECK(chunk.attempt == 1);
}

TEST_CASE("of a job in blocks the block counts that ran") {
    Bench bench(1);
    bench.dispatcher.submit({.items = 30, .chunk_size = 24, .block = 8}, 0);
    bench.take();
    bench.dispatcher.add_worker(0);
    bench.dispatcher.worker_lost(0, 0, {Known::item, 11});
    const auto again = sent_again(bench);
    REQUIRE(again.size() == 30);
    for (const auto& [item, chunk] : again) {
        CHECK(chunk.attempt == (item >= 8 && item < 16 ? 2 : 1));
        CHECK(chunk.first % 8 == 0);
    }
}

TEST_CASE("the item that killed its last worker is lost, those beside it are not") {
    Bench bench(1);
    const JobId job = bench.dispatcher.submit({.items = 10, .chunk_size = 10, .attempts = 1}, 0);
    bench.take();
    bench.dispatcher.add_worker(0);
    bench.dispatcher.worker_lost(0, 0, {Known::item, 3});
    const auto actions = bench.take();
    const auto lost = only(Kind::lost, actions);
    REQUIRE(lost.size() == 1);
    CHECK(lost[0].chunk.first == 3);
    CHECK(lost[0].chunk.count == 1);
    CHECK(lost[0].chunk.job == job);
    CHECK(bench.dispatcher.items_at(1, job) + bench.dispatcher.counters(job)->lost <= 10);
    while (!bench.held[1].empty()) bench.finish(1, 1e-3);
    CHECK(bench.dispatcher.jobs() == 0);
}

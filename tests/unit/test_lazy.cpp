// Lazy calls over the driver and its workers in one process, without MPI: for the thread sanitizer, and the pieces that
// a LazyStream is made of.
#include <atomic>
#include <chrono>
#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/calls/map_job.hpp>
#include <hecaton/pool/lazy/results.hpp>
#include <hecaton/pool/lazy_range.hpp>
#include <hecaton/pool/worker/wire.hpp>
#include <optional>
#include <ranges>
#include <support/catch.hpp>
#include <support/in_process_pool.hpp>
#include <support/lazy_call.hpp>
#include <support/square.hpp>
#include <thread>
#include <vector>

using namespace hecaton;
using namespace std::chrono_literals;

namespace {

using test::lazy;

const auto square = [](int x) { return test::square(x); };
const auto doubled = [](const std::string& s) { return s + s; };

}  // namespace

TEST_CASE("lazy results in order, whatever the chunks, the buffer and the workers") {
    for (const int others : {0, 1, 3}) {
        test::InProcessPool pool(others);
        for (const std::size_t chunk : {0U, 1U, 100U}) {
            for (const std::size_t buffer : {0U, 1U, 150U}) {
                CAPTURE(others, chunk, buffer);
                const int items = buffer == 1 ? 100 : 3'000;
                int next = 0;
                auto results =
                    lazy(pool, square, std::views::iota(0, items), true, {.chunk_size = chunk, .buffer_size = buffer});
                for (int y : results) REQUIRE(y == square(next++));
                CHECK(next == items);
                CHECK(results.report().items == static_cast<std::uint64_t>(items));
            }
        }
    }
}

TEST_CASE("lazy results as they arrive, of values that are no plain bytes") {
    test::InProcessPool pool(2);
    auto words =
        std::views::iota(0, 3'000) | std::views::transform([](int i) { return std::to_string(i % 1'000) + "w"; });
    std::size_t size = 0;
    int count = 0;
    for (const auto& word : lazy(pool, doubled, words, false)) {
        size += word.size();
        ++count;
    }
    CHECK(count == 3'000);
    CHECK(size == 3 * 2 * (10 * 2 + 90 * 3 + 900 * 4));
}

TEST_CASE("the background thread takes over from a slow loop, and gives way again") {
    test::InProcessPool pool(2);
    int next = 0;
    for (int y : lazy(pool, square, std::views::iota(0, 60), true, {.chunk_size = 1, .buffer_size = 4})) {
        CHECK(y == square(next++));
        if (next % 10 == 0) std::this_thread::sleep_for(5ms);
    }
    CHECK(next == 60);
}

TEST_CASE("several threads iterate while others map") {
    test::InProcessPool pool(2);
    std::vector<std::thread> threads;
    std::atomic<int> right{0};
    for (int t = 0; t < 3; ++t)
        threads.emplace_back([&pool, &right, t] {
            for (int round = 0; round < 5; ++round) {
                int i = 0;
                for (int y : lazy(
                         pool, [t](int x) { return x + t; }, std::views::iota(0, 300), true))
                    if (y == i++ + t) ++right;
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(right == 3 * 5 * 300);
}

TEST_CASE("lazy calls that are left early, by the dozen") {
    test::InProcessPool pool(2);
    for (int round = 0; round < 50; ++round) {
        int next = 0;
        for (int y : lazy(pool, square, std::views::iota(0), round % 2 == 0)) {
            CHECK(y >= 0);
            if (++next > round) break;
        }
    }
}

TEST_CASE("inputs that are cut while another thread iterates") {
    for (int round = 0; round < 10; ++round) {
        test::InProcessPool pool(1);
        std::atomic<bool> reads{false};
        std::thread reader([&pool, &reads] {
            int next = 0;
            try {
                for (int y : lazy(
                         pool, [](int x) { return x; }, std::views::iota(0), true))
                    if (reads = true; y != next++) break;
                FAIL("the input was read to its end");
            } catch (const TaskCancelled&) {
            }
        });
        while (!reads) std::this_thread::sleep_for(1ms);  // what is cut before it begins goes on for ever
        pool.driver().cut_inputs();
        reader.join();
    }
}

namespace {
// A chunk of `done` items as it comes from a worker; each value is its item's index.
void add_chunk(detail::Buffer& arrivals, std::uint64_t first, std::uint64_t done) {
    std::vector<std::uint64_t> values;
    for (std::uint64_t i = first; i < first + done; ++i) values.push_back(i);
    detail::wire::append_record(arrivals, detail::ArrivedChunk{.first = first,
                                                               .done = done,
                                                               .error_bytes = 0,
                                                               .time_bytes = 0,
                                                               .value_bytes = done * sizeof(std::uint64_t),
                                                               .rank = 0,
                                                               .attempt = 1,
                                                               .seconds = 0.5 * static_cast<double>(done),
                                                               .lost = 0,
                                                               .host = 0});
    detail::wire::append(arrivals, values.data(), values.size() * sizeof(std::uint64_t));
}
}  // namespace

TEST_CASE("results that arrive in any order are put in order") {
    detail::LazyResults results(true);
    detail::ResultBlock block;
    CHECK(!results.next(block));
    const auto arrive = [&](std::initializer_list<std::uint64_t> firsts) {
        detail::Buffer arrivals;
        for (const std::uint64_t first : firsts) add_chunk(arrivals, first, 3);
        results.room() = std::move(arrivals);
    };
    const auto expect = [&](std::uint64_t first) {
        REQUIRE(results.next(block));
        CHECK(block.results.first == first);
        CHECK(detail::read_bytes_as<std::uint64_t>(block.results.values.data() + 8) == first + 1);
    };
    arrive({6, 3});
    CHECK(!results.next(block));
    arrive({12, 0, 9});
    for (const std::uint64_t first : {0U, 3U, 6U, 9U, 12U}) expect(first);
    CHECK(!results.next(block));
    CHECK(results.passed() == 15);
    CHECK(results.arrived() == 15);
    CHECK(results.seconds_per_item() == Approx(0.5));
    arrive({30, 21});
    CHECK(!results.next(block));
    CHECK(results.skip_gap());
    expect(21);
    CHECK(results.skip_gap());
    expect(30);
    CHECK(!results.skip_gap());
}

TEST_CASE("items are found across segments, and released when all of one are reported") {
    detail::LazyItems items;
    for (std::uint64_t first = 0; first < 30; first += 10) {
        detail::ItemSegment segment;
        segment.first = first;
        segment.count = 10;
        segment.record_size = sizeof(std::uint64_t);
        for (std::uint64_t i = first; i < first + 10; ++i) segment.bytes.append(&i, sizeof i);
        items.add(std::move(segment));
    }
    const auto inside = items.in_place(12, 3);
    REQUIRE(inside.size() == 24);
    CHECK(detail::read_bytes_as<std::uint64_t>(inside.data()) == 12);
    CHECK(items.in_place(8, 4).empty());
    detail::Buffer copied;
    items.append(8, 14, copied);
    REQUIRE(copied.size() == 14 * 8);
    for (std::uint64_t i = 0; i < 14; ++i) CHECK(detail::read_bytes_as<std::uint64_t>(copied.data() + 8 * i) == 8 + i);
    CHECK(items.release(10, 9) == 0);
    CHECK(items.release(19, 3) == 80);  // the middle one, and two of the last
    CHECK(items.release(0, 10) == 80);
    CHECK(detail::read_bytes_as<std::uint64_t>(items.in_place(25, 1).data()) == 25);
    CHECK(items.release(22, 8) == 80);
}

TEST_CASE("a lazy range that is asked after its pool's end uses nothing of the pool's") {
    for (const bool ordered : {true, false}) {
        std::optional<LazyRange<int>> kept;
        {
            test::InProcessPool pool(1);
            kept = lazy(pool, square, std::views::iota(0), ordered, {.buffer_size = 8});
            CHECK(*kept->begin() >= 0);
        }
        std::uint64_t got = 0;
        for (auto it = kept->begin(); it != kept->end(); ++it) {
            try {
                if (const int y = *it; y >= 0) ++got;
            } catch (const TaskCancelled&) {
            }
        }
        CHECK(got >= 1);
        CHECK(kept->report().items >= got);
    }
}

// The driver and its workers in one process, without MPI: what the calls of a pool give, from one and from several
// threads.
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/calls/arguments.hpp>
#include <hecaton/pool/calls/collectors.hpp>
#include <hecaton/pool/calls/map_job.hpp>
#include <numeric>
#include <support/catch.hpp>
#include <support/events.hpp>
#include <support/in_process_pool.hpp>
#include <thread>
#include <vector>

using namespace hecaton;
using namespace std::chrono_literals;
using test::InProcessPool;

namespace {

// As Pool::map makes it.
template <class F, class T>
auto job_of(F f, const std::vector<T>& items, MapOptions options = {}) {
    auto arguments = detail::zip<detail::Lifetime::detached>(items);
    using Collector = typename detail::VectorOf<detail::result_for_t<F, decltype(arguments)>>::type;
    Collector collector(arguments.size());
    return std::make_shared<detail::MapJob<F, decltype(arguments), Collector>>(
        f, std::move(arguments), std::move(collector), std::move(options));
}

std::vector<int> numbers(int n) {
    std::vector<int> result(static_cast<std::size_t>(n));
    std::iota(result.begin(), result.end(), 0);
    return result;
}

const auto square = [](int x) { return x * x; };

}  // namespace

TEST_CASE("a map gives the results in order, whatever the chunks and the workers") {
    for (const int others : {0, 1, 3}) {
        InProcessPool pool(others);
        for (const std::size_t chunk : {0U, 1U, 100U, 100'000U}) {
            CAPTURE(others, chunk);
            const auto input = numbers(20'000);
            auto job = job_of(square, input, {.chunk_size = chunk});
            pool.driver().submit(job, false);
            REQUIRE(pool.driver().wait(*job));
            const auto& result = job->result();
            for (std::size_t i = 0; i < result.size(); i += 97) REQUIRE(result[i] == input[i] * input[i]);
            CHECK(job->report().items == 20'000);
        }
    }
}

TEST_CASE("values that are no plain bytes, and errors among them") {
    InProcessPool pool(2);
    std::vector<std::string> words;
    for (int i = 0; i < 3'000; ++i) words.push_back(fmt::format("w{}", i));
    auto job = job_of([](const std::string& w) { return w + w; }, words);
    pool.driver().submit(job, true);
    job->wait_until(detail::no_deadline);
    CHECK(job->result().at(2'999) == "w2999w2999");
    auto failing = job_of([](const std::string& w) { return w == "w77" ? throw std::range_error("77") : w; }, words);
    pool.driver().submit(failing, true);
    pool.driver().wait(*failing);
    CHECK_THROWS_AS(failing->result(), std::range_error);
}

TEST_CASE("the background thread drives while nobody waits") {
    InProcessPool pool(2);
    auto job = job_of([](int) { std::this_thread::sleep_for(1ms); }, numbers(60), {.chunk_size = 1});
    pool.driver().submit(job, true);
    test::wait_until([&] { return job->ready(); });
}

TEST_CASE("the others are supplied when an item of the root's own worker becomes long, which drove in passing before") {
    InProcessPool pool(1);
    static std::atomic<int> here{0}, elsewhere{0};
    const auto task = [](int) {
        if (detail::worker_context.rank != 0) {
            ++elsewhere;
        } else if (++here % 50 == 0) {
            const int before = elsewhere;
            while (elsewhere < before + 500 && elsewhere + here < 19'000) continue;
        }
    };
    auto job = job_of(task, numbers(20'000), {.chunk_size = 1});
    pool.driver().submit(job, false);
    CHECK(pool.driver().wait(*job));
    CHECK(here + elsewhere == 20'000);
}

TEST_CASE("several threads submit and wait at once") {
    InProcessPool pool(2);
    std::vector<std::thread> threads;
    std::atomic<int> right{0};
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&pool, &right, t] {
            for (int round = 0; round < 50; ++round) {
                auto job = job_of([t](int x) { return x + t; }, numbers(50));
                pool.driver().submit(job, round % 2 == 0);
                pool.driver().wait(*job);
                if (job->result()[49] == 49 + t) ++right;
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(right == 200);
}

TEST_CASE("cancellation ends a job early, and stops a chunk between two items") {
    InProcessPool pool(1);
    for (const std::size_t chunk : {1U, 5'000U}) {
        static std::atomic<int> begun;
        begun = 0;
        const auto nap = [](int) {
            ++begun;
            std::this_thread::sleep_for(1ms);
        };
        auto job = job_of(nap, numbers(10'000), {.chunk_size = chunk});
        pool.driver().submit(job, true);
        test::wait_until([&] { return begun > 10; });
        pool.driver().cancel(job);
        pool.driver().wait(*job);
        CHECK_THROWS_AS(job->result(), TaskCancelled);
        auto next = job_of(square, numbers(10), {.chunk_size = 1});  // behind what the workers had of the cancelled job
        pool.driver().submit(next, false);
        pool.driver().wait(*next);
        CHECK(begun < 10'000);
    }
}

TEST_CASE("a chunk that one worker sits on is shared with idle ones") {
    InProcessPool pool(1);
    // One chunk of everything: between two items, the worker that gets it gives back what it has not started when the
    // other has nothing to do. Items take time until both have begun one.
    static std::atomic<bool> begun[2];
    const auto task = [](int) {
        begun[detail::worker_context.rank] = true;
        if (!begun[0] || !begun[1]) std::this_thread::sleep_for(1ms);
    };
    auto job = job_of(task, numbers(100'000), {.chunk_size = 100'000});
    pool.driver().submit(job, false);
    pool.driver().wait(*job);
    CHECK(job->report().workers == 2);
}

TEST_CASE("an initializer that throws fails every job, now and later") {
    InProcessPool pool(2, [] { throw std::domain_error("no licence"); });
    for (int round = 0; round < 3; ++round) {
        auto job = job_of(square, numbers(10));
        pool.driver().submit(job, false);
        pool.driver().wait(*job);
        CHECK_THROWS_AS(job->result(), std::domain_error);
    }
}

TEST_CASE("a wait with a deadline comes back in time") {
    InProcessPool pool(1);
    static std::atomic<bool> released{false};
    auto job = job_of([](int) { test::wait_until([] { return released.load(); }); }, numbers(1));
    pool.driver().submit(job, true);
    CHECK(!pool.driver().wait(*job, std::chrono::steady_clock::now() + 20ms));
    released = true;
    CHECK(pool.driver().wait(*job));
}

// The job's time is over: what a pool's calls do then. The time is told to this process only; the others serve.
#include <atomic>
#include <chrono>
#include <cmath>
#include <hecaton/job/job_time.hpp>
#include <hecaton/pool/time/job_clock.hpp>
#include <hecaton/pool/time/out_of_time.hpp>
#include <mpi/pool_under_test.hpp>
#include <numeric>
#include <ranges>
#include <thread>

using hecaton::detail::JobClock;
using hecaton::detail::JobTime;
using hecaton::detail::no_deadline;
using hecaton::detail::OutOfTime;
using namespace std::chrono_literals;

namespace {

// Nothing new is begun, and what runs may take as long as it takes.
void wind_up() { hecaton::detail::set_job_time({.end = no_deadline, .winding_up = true}); }

// The job has all the time again.
struct TimeAgain {
    TimeAgain() = default;
    ~TimeAgain() {
        hecaton::detail::set_job_time({});
        hecaton::detail::forget_cut_calls();
    }
    TimeAgain(const TimeAgain&) = delete;
    TimeAgain& operator=(const TimeAgain&) = delete;
};

std::vector<int> thousand() {
    std::vector<int> items(1'000);
    std::iota(items.begin(), items.end(), 0);
    return items;
}

int slowly(int x) {
    std::this_thread::sleep_for(3ms);
    return 2 * x;
}

std::string text_of(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const OutOfTime& cut) {
        return cut.what();
    } catch (...) {
        return "another type";
    }
}

}  // namespace

TEST_CASE("a map that is cut throws TaskCancelled, and what ran is finished") {
    const TimeAgain again;
    auto result = pool().with({.name = "sweep"}).map_async(slowly, thousand());
    std::this_thread::sleep_for(50ms);
    wind_up();
    CHECK_THROWS_AS(result.get(), hecaton::TaskCancelled);
    CHECK_FALSE(result.successful());
    try {
        result.get();
    } catch (const hecaton::Error& error) {
        const std::string text = error.what();
        INFO(text);
        CHECK(text.starts_with("the job's time is over, and the call \"sweep\" was cut: "));
        CHECK(text.find(" drained, ") != std::string::npos);
    }
    CHECK(hecaton::detail::cut_for_time());
}

TEST_CASE("later calls of any kind are cut at once") {
    const TimeAgain again;
    wind_up();
    auto ran = pool().with({.chunk_size = 1});
    CHECK_THROWS_AS(ran.map(slowly, thousand()), hecaton::TaskCancelled);
    CHECK_THROWS_AS(ran.map_outcomes(slowly, thousand()), hecaton::TaskCancelled);
    CHECK_THROWS_AS(ran.apply(slowly, 1), hecaton::TaskCancelled);
    CHECK_THROWS_AS(ran.map_reduce(slowly, std::plus<>(), 0, thousand()), hecaton::TaskCancelled);
    auto results = ran.imap(slowly, std::views::iota(0));  // has no end
    auto at = results.begin();
    REQUIRE(at != results.end());
    CHECK_THROWS_AS(*at, hecaton::TaskCancelled);
    CHECK(++at == results.end());
    CHECK(pool().map(slowly, std::vector<int>()).empty());  // there is nothing to cut
}

TEST_CASE("the pool is whole when it has time again") {
    {
        const TimeAgain again;
        wind_up();
        CHECK_THROWS_AS(pool().map(slowly, thousand()), hecaton::TaskCancelled);
    }
    CHECK(pool().map(slowly, std::vector{1, 2, 3}) == std::vector{2, 4, 6});
}

TEST_CASE("imap yields what was finished before it throws, and the input is read no further") {
    const TimeAgain again;
    int read = 0;
    auto results = pool().imap(slowly, std::views::iota(0) | std::views::transform([&](int x) { return ++read, x; }));
    int yielded = 0;
    bool cut = false;
    for (auto at = results.begin(); at != results.end(); ++at) {
        try {
            const int value = *at;
            CHECK(value == 2 * yielded);
            if (++yielded == 20) wind_up();
        } catch (const hecaton::TaskCancelled&) {
            cut = true;
            break;
        }
    }
    CHECK(cut);
    CHECK(yielded >= 20);
    const int read_then = read;
    CHECK_THROWS_AS(pool().apply(slowly, 1), hecaton::TaskCancelled);
    CHECK(read == read_then);
}

TEST_CASE("isolated items and folds end too") {
    const TimeAgain again;
    auto isolated = pool().with({.isolate = true}).map_async(slowly, thousand());
    auto folded = pool().map_async([](int x) { return slowly(x); }, thousand());
    std::this_thread::sleep_for(100ms);
    wind_up();
    CHECK_THROWS_AS(isolated.get(), hecaton::TaskCancelled);
    CHECK_THROWS_AS(folded.get(), hecaton::TaskCancelled);
    CHECK_THROWS_AS(pool().map_reduce(slowly, std::plus<>(), 0, thousand()), hecaton::TaskCancelled);
}

TEST_CASE("calls that end in time are not touched by an end that is far") {
    const TimeAgain again;
    hecaton::detail::set_job_time({.end = hecaton::detail::Deadline::clock::now() + 1h});
    const std::vector<int> doubled = pool().map([](int x) { return 2 * x; }, thousand());
    CHECK(doubled[999] == 1'998);
    CHECK_FALSE(hecaton::detail::cut_for_time());
    CHECK(hecaton::this_worker::time_left() > 3'000);
    CHECK(hecaton::this_worker::time_left() <= 3'600);
}

TEST_CASE("what the calls say together") {
    const TimeAgain again;
    hecaton::detail::scheduling::JobCounters counters;
    counters.items = 1'000;
    counters.done_before = 100;
    counters.finished = 724;
    counters.drained = 12;
    CHECK(text_of(hecaton::detail::cut_for_time(counters, "", true)) ==
          "the job's time is over, and the call was cut: 812 items done, 12 drained, 176 left; run it again");
    counters.open = true;
    CHECK(text_of(hecaton::detail::cut_for_time(counters, "sweep", true)) ==
          "the job's time is over, and the call \"sweep\" was cut: 812 items done, 12 drained, 176 left and what was "
          "not read of the input; run it again");
}

TEST_CASE("how the time before the end is used") {
    const JobTime hour{.end = hecaton::detail::Deadline::clock::now() + 1h};
    const auto plan = JobClock::plan_for(hour, 3'600, 100);
    CHECK(plan.last == 3'690);
    CHECK(plan.last < plan.abandon);
    CHECK(plan.abandon < plan.over);
    CHECK(plan.over < 3'700);
    const auto short_one = JobClock::plan_for(hour, 2, 0);
    CHECK(short_one.last == 1);
    CHECK(short_one.over < 2);
    const auto warned = JobClock::plan_for({.end = hour.end, .winding_up = true}, 30, 100);
    CHECK(warned.last == 100);
    CHECK(warned.abandon > 120);
    const auto past = JobClock::plan_for(hour, 0, 100);
    CHECK(past.last == 100);
    CHECK(past.over == 100);
    CHECK(std::isinf(JobClock::plan_for({}, INFINITY, 5).last));
    CHECK(JobClock::plan_for({.end = no_deadline, .winding_up = true}, INFINITY, 5).last == 5);
    CHECK(std::isinf(JobClock::plan_for({.end = no_deadline, .winding_up = true}, INFINITY, 5).abandon));
}

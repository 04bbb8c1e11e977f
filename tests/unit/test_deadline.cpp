// How long a caller waits, in whatever unit it says that.
#include <chrono>
#include <hecaton/foundation/deadline.hpp>
#include <limits>
#include <support/catch.hpp>

using namespace std::chrono;
using hecaton::detail::deadline_in;
using hecaton::detail::no_deadline;

TEST_CASE("a limit is that far from now") {
    const auto before = steady_clock::now();
    const auto in_a_day = deadline_in(days(1));
    CHECK(in_a_day - days(1) >= before);
    CHECK(in_a_day - days(1) <= steady_clock::now());
    CHECK(deadline_in(duration<double>(0.5)) >= before + milliseconds(500));
}

TEST_CASE("a limit that the clock cannot count is none") {
    CHECK(deadline_in(hours::max()) == no_deadline);
    CHECK(deadline_in(nanoseconds::max()) == no_deadline);
    CHECK(deadline_in(duration<double>(std::numeric_limits<double>::infinity())) == no_deadline);
    CHECK(deadline_in(duration<double>(std::numeric_limits<double>::quiet_NaN())) == no_deadline);
    CHECK(deadline_in(duration<double>(1e300)) == no_deadline);
    CHECK(deadline_in(duration<unsigned long long, std::ratio<3600>>(1ULL << 63U)) == no_deadline);
    CHECK(deadline_in(years(1000)) == no_deadline);
}

TEST_CASE("a negative limit has passed") {
    for (const auto deadline : {deadline_in(hours::min()), deadline_in(seconds(-1)), deadline_in(seconds(0)),
                                deadline_in(duration<double>(-std::numeric_limits<double>::infinity()))})
        CHECK(deadline <= steady_clock::now());
}

// What a Report says in a sentence.
#include <hecaton/pool/report.hpp>
#include <support/catch.hpp>

using hecaton::Report;

TEST_CASE("the verdict says whether going parallel has paid") {
    Report report{.items = 2'000, .chunks = 20, .workers = 2, .wall_seconds = 1, .serial_seconds = 1.95};
    CHECK(report.verdict() == "2000 items of 975.0 us: 2 ranks were 1.9 times faster than one");
    report.serial_seconds = 1;
    CHECK(report.verdict() == "2000 items of 500.0 us: 2 ranks took as long as one would have");
    report.serial_seconds = 0.1;
    CHECK(report.verdict() ==
          "2000 items of 50.0 us: the root alone would have been 10 times faster; use a plain loop, or put more work "
          "into an item");
    report.chunks = 1'000;
    CHECK_THAT(report.verdict(), ContainsSubstring("or larger chunks"));
    CHECK(Report().verdict() == "no items: nothing was run");
    CHECK(Report{.restored = 1}.verdict() == "1 item: the journal had it, so nothing was run");
    CHECK(Report{.restored = 20}.verdict() == "20 items: the journal had all, so nothing was run");
}

TEST_CASE("where ranks have waited for cores, the verdict says so and does not blame the items") {
    Report report{.items = 20, .chunks = 20, .workers = 4, .wall_seconds = 0.52, .serial_seconds = 0.5};
    report.waited_seconds = 1.5;
    CHECK(report.verdict() ==
          "20 items of 25.0 ms: 4 ranks took as long as one would have; ranks waited for a core 75% of their time");
    report.wall_seconds = 1;
    CHECK(report.verdict() ==
          "20 items of 25.0 ms: 4 ranks took 2.0 times as long as one with a core for itself; ranks waited for a core "
          "75% of their time");
    report.wall_seconds = 0.25;
    CHECK_THAT(report.verdict(), ContainsSubstring("2.0 times faster than one; ranks waited"));
    report.waited_seconds = 0.1;
    CHECK(report.verdict() == "20 items of 25.0 ms: 4 ranks were 2.0 times faster than one");
}

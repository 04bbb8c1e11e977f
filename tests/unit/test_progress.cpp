// What MapOptions::progress says.
#include <unistd.h>
#include <hecaton/pool/traffic/progress.hpp>
#include <support/captured.hpp>
#include <support/catch.hpp>

using hecaton::detail::progress_line;

TEST_CASE("progress says how much is done, and how long the rest will take") {
    CHECK(progress_line("sweep", 340, 1000, 12) == "sweep: 340 of 1000 items (34 %) after 12 s, about 23 s left");
    CHECK(progress_line("", 0, 1000, 1) == "0 of 1000 items (0 %) after 1 s");
    CHECK(progress_line("", 10, 10, 7200) == "10 of 10 items (100 %) after 2.0 h");
    CHECK(progress_line("lines", 12, 0, 90) == "lines: 12 items after 90 s");
}

TEST_CASE("the line for items that have failed") {
    const hecaton::detail::ErrorRecord error{
        .index = 412, .rank = 7, .host = "node3", .type_name = "std::runtime_error", .text = "bad grid"};
    using hecaton::detail::failure_line;
    CHECK(failure_line("sweep", error, 8) ==
          "\"sweep\": item 412 on rank 7 of node3 failed: std::runtime_error: bad grid (and 8 more errors)");
    CHECK(failure_line("", error, 1) ==
          "item 412 on rank 7 of node3 failed: std::runtime_error: bad grid (and 1 more error)");
    const hecaton::detail::ErrorRecord lost{.index = 1, .host = {}, .type_name = "T", .text = "a\nb"};
    CHECK(failure_line("", lost, 0) == "item 1 failed: T: a ...");
}

TEST_CASE("errors are said at once, and then once a second at most, with a count") {
    const hecaton::test::Captured captured(STDERR_FILENO);
    hecaton::detail::Progress progress("s", 0);
    const auto fail = [&](std::uint64_t index, double now) {
        progress.failed({.index = index, .host = {}, .type_name = "T", .text = "x"}, now);
    };
    fail(1, 0.1);
    fail(2, 0.2);
    progress.update(10, 100, 0.9);
    fail(3, 1);
    CHECK(captured.text() == "hecaton: \"s\": item 1 failed: T: x\n");
    fail(4, 1.2);
    fail(5, 1.3);
    progress.finish(10, 100, 1.4);
    CHECK(captured.text() ==
          "hecaton: \"s\": item 1 failed: T: x\n"
          "hecaton: \"s\": item 2 failed: T: x (and 2 more errors)\n"
          "hecaton: \"s\": item 5 failed: T: x\n");
}

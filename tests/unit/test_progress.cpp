// What MapOptions::progress says.
#include <hecaton/pool/root/progress.hpp>
#include <support/catch.hpp>

using hecaton::detail::progress_line;

TEST_CASE("progress says how much is done, and how long the rest will take") {
    CHECK(progress_line("sweep", 340, 1000, 12) == "sweep: 340 of 1000 items (34 %) after 12 s, about 23 s left");
    CHECK(progress_line("", 0, 1000, 1) == "0 of 1000 items (0 %) after 1 s");
    CHECK(progress_line("", 10, 10, 7200) == "10 of 10 items (100 %) after 2.0 h");
    CHECK(progress_line("lines", 12, 0, 90) == "lines: 12 items after 90 s");
}

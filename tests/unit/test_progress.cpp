// What MapOptions::progress says.
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <hecaton/pool/traffic/progress.hpp>
#include <string_view>
#include <support/captured.hpp>
#include <support/catch.hpp>

using hecaton::detail::progress_line;

TEST_CASE("progress says how much is done, and how long the rest will take") {
    CHECK(progress_line("sweep", {.done = 340, .items = 1000}, 12) ==
          "sweep: 340 of 1000 items (34 %) after 12 s, about 23 s left");
    CHECK(progress_line("", {.items = 1000}, 1) == "0 of 1000 items (0 %) after 1 s");
    CHECK(progress_line("", {.done = 10, .items = 10}, 7200) == "10 of 10 items (100 %) after 2.0 h");
    CHECK(progress_line("lines", {.done = 12}, 90) == "lines: 12 items after 90 s");
    CHECK(progress_line("", {.done = 12, .failed = 3, .items = 24}, 9) ==
          "12 of 24 items (50 %), 3 failed, after 9 s, about 9 s left");
    CHECK(progress_line("", {.done = 3, .failed = 3}, 9) == "3 items, 3 failed, after 9 s");
}

TEST_CASE("what a journal has restored took no time, and does not make the rest look shorter") {
    CHECK(progress_line("", {.done = 900, .restored = 800, .items = 1000}, 60) ==
          "900 of 1000 items (90 %) after 60 s, about 60 s left");
    CHECK(progress_line("", {.done = 800, .restored = 800, .items = 1000}, 60) ==
          "800 of 1000 items (80 %) after 60 s");
}

namespace {

/// A terminal of 40 columns in place of standard error, for as long as it lives.
class Terminal {
  public:
    Terminal() : kept_(::dup(STDERR_FILENO)), our_side_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
        REQUIRE(our_side_ >= 0);
        REQUIRE(::grantpt(our_side_) == 0);
        REQUIRE(::unlockpt(our_side_) == 0);
        const int their_side = ::open(::ptsname(our_side_), O_RDWR | O_NOCTTY | O_CLOEXEC);
        const winsize size{.ws_row = 24, .ws_col = 40, .ws_xpixel = 0, .ws_ypixel = 0};
        ::ioctl(their_side, TIOCSWINSZ, &size);
        ::dup2(their_side, STDERR_FILENO);
        ::close(their_side);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    ~Terminal() {
        ::dup2(kept_, STDERR_FILENO);
        ::close(kept_);
        ::close(our_side_);
    }
    /// What has been written to it, up to that end. The kernel brings it in pieces.
    std::string text(std::string_view end) const {
        std::string all;
        char bytes[4096];
        while (!all.ends_with(end)) {
            const auto got = ::read(our_side_, bytes, sizeof bytes);
            if (got <= 0) break;
            all.append(bytes, static_cast<std::size_t>(got));
        }
        return all;
    }

  private:
    const int kept_;
    const int our_side_;
};

}  // namespace

TEST_CASE("on a terminal each line takes the place of the one before, and is cut where the terminal ends") {
    const Terminal terminal;
    hecaton::detail::Progress progress("a call with a name that is rather long", 0);
    progress.update({.done = 1, .items = 10}, 1);
    progress.update({.done = 2, .items = 10}, 2);
    progress.finish({.done = 10, .items = 10}, 3);
    const std::string line = "\rhecaton: a call with a name that is rat\x1b[K";
    CHECK(terminal.text("\r\n") == line + line + line + "\r\n");
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
    progress.update({.done = 10, .items = 100}, 0.9);
    fail(3, 1);
    CHECK(captured.text() == "hecaton: \"s\": item 1 failed: T: x\n");
    fail(4, 1.2);
    fail(5, 1.3);
    progress.finish({.done = 10, .items = 100}, 1.4);
    CHECK(captured.text() ==
          "hecaton: \"s\": item 1 failed: T: x\n"
          "hecaton: \"s\": item 2 failed: T: x (and 2 more errors)\n"
          "hecaton: \"s\": item 5 failed: T: x\n");
}

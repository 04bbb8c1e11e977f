// Who gets a Ctrl-C: the ranks that have asked for the first one, else the run ends.
#include <support/catch.hpp>

#include <launcher/supervision/interrupt.hpp>

using hecaton::launcher::Interrupt;
using namespace std::chrono_literals;
using What = Interrupt::What;

namespace {
constexpr Interrupt::time start{10s};
}

TEST_CASE("the first one is offered; when all have declined it ends the run") {
    Interrupt interrupt;
    CHECK(!interrupt.next_time());
    CHECK(interrupt.came(2, start) == What::offer);
    CHECK(!interrupt.refused(start));
    interrupt.answered(false);
    CHECK(!interrupt.refused(start + 1ms));
    interrupt.answered(false);
    CHECK(interrupt.next_time() == start);
    CHECK(interrupt.refused(start + 1ms));
    CHECK(!interrupt.refused(start + 2ms));
    CHECK(interrupt.came(2, start + 300ms) == What::end);
}

TEST_CASE("one that is taken ends nothing, and the next one does") {
    Interrupt interrupt;
    CHECK(interrupt.came(3, start) == What::offer);
    interrupt.answered(false);
    interrupt.answered(true);
    interrupt.answered(false);
    CHECK(!interrupt.refused(start + 10s));
    CHECK(!interrupt.next_time());
    CHECK(interrupt.came(3, start + 100ms) == What::ignore);  // the same one again
    CHECK(interrupt.came(3, start + 1s) == What::end);
    CHECK(interrupt.came(3, start + 1001ms) == What::end);
}

TEST_CASE("a shim that does not answer holds up the end for a second, a second Ctrl-C not at all") {
    Interrupt silent;
    CHECK(silent.came(2, start) == What::offer);
    silent.answered(false);
    CHECK(silent.next_time() == start + 1s);
    CHECK(!silent.refused(start + 999ms));
    CHECK(silent.refused(start + 1s));
    Interrupt again;
    CHECK(again.came(2, start) == What::offer);
    CHECK(again.came(2, start + 10ms) == What::ignore);
    CHECK(again.came(2, start + 500ms) == What::end);
    again.answered(true);
    CHECK(!again.refused(start + 2s));
}

TEST_CASE("before any rank is there it ends the run") {
    Interrupt interrupt;
    CHECK(interrupt.came(0, start) == What::end);
}

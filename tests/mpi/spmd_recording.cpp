// How the clocks of other machines are compared for a recording.
#include <hecaton/foundation/compute_clock.hpp>
#include <hecaton/transport/environment.hpp>
#include <hecaton/transport/recording.hpp>
#include <support/catch.hpp>

using namespace hecaton::detail;

namespace {

constexpr std::int64_t ahead = 5'000'000'000'000;

std::int64_t clock_that_is_ahead() { return steady_ns() + ahead; }

}  // namespace

TEST_CASE("the clock of another rank is known to half a round trip") {
    const boost::mpi::communicator world;
    const int peer = world.size() - 1;
    if (peer == 0) return;
    if (world.rank() == peer) answer_clock(world, 0, &clock_that_is_ahead);
    if (world.rank() != 0) return;
    const ClockOffset found = measure_clock(world, peer, &steady_ns);
    CHECK(found.round_trip > 0);
    CHECK(found.offset <= -ahead + found.round_trip);
    CHECK(found.offset >= -ahead - found.round_trip);
}

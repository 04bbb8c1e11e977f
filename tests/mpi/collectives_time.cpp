// time_left: the same on all ranks, whatever each of them was told.
#include <chrono>
#include <cmath>
#include <hecaton/hecaton.hpp>
#include <hecaton/job/job_time.hpp>
#include <mpi/collectives_support.hpp>
#include <support/catch.hpp>

using hecaton::detail::set_job_time;
using namespace std::chrono_literals;

TEST_CASE("time_left is that of the rank with the least") {
    const boost::mpi::communicator world;
    CHECK(std::isinf(hecaton::time_left(world)));
    CHECK(std::isinf(hecaton::time_left()));
    CHECK(std::isinf(hecaton::this_worker::time_left()));

    set_job_time({.end = hecaton::detail::Deadline::clock::now() + 1h * (1 + world.rank())});
    const double left = hecaton::time_left(world);
    CHECK(left <= 3'600);
    CHECK(left > 1'800);
    for (const double other : hecaton::all_gather(world, left)) CHECK(other == left);
    CHECK(hecaton::this_worker::time_left() > 3'600 * world.rank());

    if (world.rank() == world.size() - 1) set_job_time({.end = hecaton::detail::Deadline::clock::now() - 1s});
    CHECK(hecaton::time_left(world) == 0);
    set_job_time({});
    CHECK(std::isinf(hecaton::time_left(world)));
}

TEST_CASE("time_left beside another call is the same error on all ranks") {
    const boost::mpi::communicator world;
    if (world.size() == 1) return;
    const auto call = [&] {
        if (world.rank() == 0) return hecaton::time_left(world);
        return hecaton::all_reduce(world, 1.0, std::plus<>());
    };
    CHECK_THROWS_AS(call(), hecaton::UsageError);
}

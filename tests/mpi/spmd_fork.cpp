// A rank of an SPMD program forks.
#include <sys/wait.h>
#include <unistd.h>

#include <boost/mpi/communicator.hpp>
#include <cstdlib>
#include <functional>
#include <hecaton/hecaton.hpp>
#include <support/catch.hpp>

TEST_CASE("a copy of a rank exits, and the ranks go on") {
    const boost::mpi::communicator world;
    int got = 0;
    const pid_t child = ::fork();
    if (child == 0) std::exit(17);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status)) got = WEXITSTATUS(status);
    CHECK(hecaton::all_reduce(world, got, std::plus<>{}) == 17 * world.size());
}

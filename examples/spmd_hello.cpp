// SPMD style, the first program: every rank runs main, and rank 0 prints what all of them say, in rank order.
//
//     hecaton run -n 4 ./spmd_hello        # or mpirun -n 4 ./spmd_hello, or just ./spmd_hello
#include <fmt/core.h>

#include <cstdio>
#include <exception>
#include <hecaton/hecaton.hpp>
#include <string>

// An exception that leaves the block of the Environment ends the whole job with status 1; the handler, behind it,
// prints on the rank that threw.
int main(int argc, char** argv) try {
    hecaton::Environment env(argc, argv);
    const auto world = env.world();  // a boost::mpi::communicator
    const std::string hello =
        fmt::format("rank {} of {} on {}", world.rank(), world.size(), hecaton::this_worker::host());
    for (const std::string& line : hecaton::gather(world, hello)) fmt::print("{}\n", line);  // empty on other ranks
    return 0;
} catch (const std::exception& error) {
    fmt::print(stderr, "spmd_hello: {}\n", error.what());
    return 1;
}

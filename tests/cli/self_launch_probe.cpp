// A plain MPI program that launches itself first. It prints "rank R of N, expected E", and rank 0 its arguments as
// <TEXT> and then its standard input. Says "hecaton: ..." and exits with 2 where self-launch is refused.
#include <mpi.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <hecaton/foundation/log.hpp>
#include <hecaton/launch/self_launch.hpp>
#include <iostream>
#include <string>

int main(int argc, char** argv) {
    std::printf("before\n");  // and not flushed: self-launch has to
    try {
        hecaton::detail::launch::self_launch_if_wanted(argc, argv, 3);
    } catch (const std::exception& error) {
        hecaton::detail::log::line(error.what());
        return 2;
    }
    MPI_Init(&argc, &argv);
    int rank = 0;
    int size = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    const char* expected = std::getenv("HECATON_EXPECTED_SIZE");
    std::printf("rank %d of %d, expected %s\n", rank, size, expected ? expected : "nothing");
    if (rank == 0) {
        for (int i = 1; i < argc; ++i) std::printf("<%s>\n", argv[i]);
        for (std::string line; std::getline(std::cin, line);) std::printf("read: %s\n", line.c_str());
    }
    MPI_Finalize();
}

// An SPMD program that starts two copies of itself with MPI_Comm_spawn. Rank 0 of both worlds prints what the other has
// sent:
//   2 ranks have started 2: 30
//   2 ranks were started: 3
#include <hecaton/hecaton.hpp>
#include <iostream>
#include <string>

int main(int argc, char** argv) {
    const hecaton::Environment environment(argc, argv);
    const auto world = environment.world();
    MPI_Comm others = MPI_COMM_NULL;
    MPI_Comm_get_parent(&others);
    const bool started = others != MPI_COMM_NULL;
    if (!started)
        MPI_Comm_spawn(argv[0], MPI_ARGV_NULL, 2, MPI_INFO_NULL, 0, MPI_COMM_WORLD, &others, MPI_ERRCODES_IGNORE);
    int there = 0;
    MPI_Comm_remote_size(others, &there);
    // All ranks of a world get the sum over the other one. The ranks here count too: by hecaton, in their own world.
    const int mine = hecaton::all_reduce(world, started ? 10 * (world.rank() + 1) : world.rank() + 1, std::plus<>{});
    int sum = 0;
    const int part = world.rank() == 0 ? mine : 0;
    MPI_Allreduce(&part, &sum, 1, MPI_INT, MPI_SUM, others);
    const std::string size = std::to_string(world.size()) + " ranks ";
    if (world.rank() == 0)
        std::cout << size + (started ? "were started" : "have started " + std::to_string(there)) + ": " +
                         std::to_string(sum) + "\n"
                  << std::flush;
    MPI_Comm_disconnect(&others);
}

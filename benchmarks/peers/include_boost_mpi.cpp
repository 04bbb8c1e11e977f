// The peer of include_hecaton.cpp: Boost.MPI alone, and a little to do.
#include <boost/mpi.hpp>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

int square(int x) { return x * x; }

int main(int argc, char** argv) {
    const boost::mpi::environment environment(argc, argv);
    const boost::mpi::communicator world;
    std::vector<int> squares;
    boost::mpi::gather(world, square(world.rank()), squares, 0);
    std::vector<std::size_t> lengths;
    boost::mpi::gather(world, std::string("one").size(), lengths, 0);
    const int sum = boost::mpi::all_reduce(world, square(world.rank()), std::plus<>{});
    for (const int y : squares) std::printf("%d of %d\n", y, sum);
}

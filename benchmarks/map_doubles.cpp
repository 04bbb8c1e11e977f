// Question 1: map of 10 million doubles with a cheap f, against hand-written MPI.
//
//     hecaton run -n 2 ./map_doubles
//
// Counted on both sides: from the call on the root to the whole result in a std::vector there, with all that is
// allocated on the way; in the last row both keep their memory from call to call. Not counted: making the input and
// freeing anything.
#include <fmt/core.h>
#include <mpi.h>

#include <algorithm>
#include <hecaton/hecaton.hpp>
#include <stdexcept>
#include <support/benchmark.hpp>
#include <vector>

namespace {

constexpr int items = 10'000'000;
constexpr int repeats = 11;

double f(double x) { return x * x + 1; }

// Of the root; every rank has the layout.
struct Blocks {
    std::vector<int> counts, begins;
};

Blocks blocks_of(const boost::mpi::communicator& world) {
    Blocks blocks;
    for (int rank = 0, begin = 0; rank < world.size(); ++rank) {
        blocks.counts.push_back(items / world.size() + (rank < items % world.size() ? 1 : 0));
        blocks.begins.push_back(begin);
        begin += blocks.counts.back();
    }
    return blocks;
}

// `use` gets the pool and a function, and maps the input; it returns the last result.
template <class Use>
double ours(const boost::mpi::communicator& world, const std::vector<double>& input, Use&& use) {
    hecaton::Pool pool(world);
    if (!pool.is_root()) {
        pool.serve();
        return 0;
    }
    const auto call = [](double x) { return f(x); };
    pool.map(call, std::vector<double>(1'000));  // the ranks are awake, as they are in the peer after its barrier
    double last = 0;
    const double seconds = benchmark::seconds_of([&] { last = use(pool, call); });
    pool.close();
    pool.join();
    if (last != f(input.back())) throw std::logic_error("wrong results");
    return seconds;
}

double ours(const boost::mpi::communicator& world, const std::vector<double>& input) {
    std::vector<double> result;
    return ours(world, input, [&](hecaton::Pool& pool, const auto& call) {
        result = pool.map(call, input);
        return result.back();
    });
}

double ours_into(const boost::mpi::communicator& world, const std::vector<double>& input, std::vector<double>& kept) {
    return ours(world, input,
                [&](hecaton::Pool& pool, const auto& call) { return pool.map_into(kept, call, input).back(); });
}

// Where the peer's values lie; kept from call to call for the row with reused buffers.
struct Buffers {
    std::vector<double> block, result;
};

double scatter_loop_gather(const boost::mpi::communicator& world, const std::vector<double>& input, Buffers& buffers) {
    const Blocks blocks = blocks_of(world);
    const int mine = blocks.counts[static_cast<std::size_t>(world.rank())];
    world.barrier();
    const double seconds = benchmark::seconds_of([&] {
        buffers.block.resize(static_cast<std::size_t>(mine));
        MPI_Scatterv(input.data(), blocks.counts.data(), blocks.begins.data(), MPI_DOUBLE, buffers.block.data(), mine,
                     MPI_DOUBLE, 0, world);
        for (double& x : buffers.block) x = f(x);
        if (world.rank() == 0) buffers.result.resize(items);
        MPI_Gatherv(buffers.block.data(), mine, MPI_DOUBLE, buffers.result.data(), blocks.counts.data(),
                    blocks.begins.data(), MPI_DOUBLE, 0, world);
    });
    if (world.rank() == 0 && buffers.result.back() != f(input.back())) throw std::logic_error("wrong results");
    return seconds;
}

// What few write: the root's block is read where it lies and its results are written where they belong.
double in_place(const boost::mpi::communicator& world, const std::vector<double>& input) {
    const Blocks blocks = blocks_of(world);
    const int mine = blocks.counts[static_cast<std::size_t>(world.rank())];
    const bool root = world.rank() == 0;
    std::vector<double> block, result;
    world.barrier();
    return benchmark::seconds_of([&] {
        if (!root) block.resize(static_cast<std::size_t>(mine));
        MPI_Scatterv(input.data(), blocks.counts.data(), blocks.begins.data(), MPI_DOUBLE,
                     root ? MPI_IN_PLACE : block.data(), mine, MPI_DOUBLE, 0, world);
        if (root) {
            result.resize(items);
            std::transform(input.begin(), input.begin() + mine, result.begin(), f);
        } else {
            for (double& x : block) x = f(x);
        }
        MPI_Gatherv(root ? MPI_IN_PLACE : block.data(), mine, MPI_DOUBLE, result.data(), blocks.counts.data(),
                    blocks.begins.data(), MPI_DOUBLE, 0, world);
    });
}

}  // namespace

int main(int argc, char** argv) {
    const hecaton::Environment environment(argc, argv);
    const auto world = environment.world();
    std::vector<double> input(world.rank() == 0 ? items : 0);
    for (std::size_t i = 0; i < input.size(); ++i) input[i] = 1e-6 * static_cast<double>(i);

    const auto plain = benchmark::alternate(
        repeats, [&] { return ours(world, input); },
        [&] {
            Buffers buffers;
            return scatter_loop_gather(world, input, buffers);
        });
    Buffers kept;
    std::vector<double> ours_kept(input.size());
    const auto reused = benchmark::alternate(
        repeats, [&] { return ours_into(world, input, ours_kept); },
        [&] { return scatter_loop_gather(world, input, kept); });
    const auto placed = benchmark::alternate(
        repeats, [&] { return ours(world, input); }, [&] { return in_place(world, input); });
    if (world.rank() != 0) return 0;
    benchmark::report({.question = 1,
                       .what = "map of 10 million doubles, f = x * x + 1",
                       .ours = benchmark::time_text(plain.ours),
                       .peer = benchmark::time_text(plain.peer) + ", Scatterv, loop, Gatherv",
                       .figure = plain.ratio,
                       .target = "at most 0.75 of the peer's time",
                       .met = plain.ratio <= 0.75,
                       .note = "allocation counted on both sides"});
    benchmark::report({.question = 1,
                       .what = "the same with map_into, both in memory that is kept",
                       .ours = benchmark::time_text(reused.ours),
                       .peer = benchmark::time_text(reused.peer) + ", Scatterv, loop, Gatherv",
                       .figure = reused.ratio,
                       .target = "at most 0.75 of the peer's time",
                       .met = reused.ratio <= 0.75});
    benchmark::report({.question = 1,
                       .what = "the same, against MPI_IN_PLACE on the root",
                       .ours = benchmark::time_text(placed.ours),
                       .peer = benchmark::time_text(placed.peer),
                       .figure = placed.ratio});
}

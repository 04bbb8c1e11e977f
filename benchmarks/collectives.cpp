// Question 16: collectives in hot loops, into memory that is kept, against raw MPI with kept memory.
//
//     hecaton run -n 2 ./collectives
//
// Counted: many calls one after the other, on rank 0. Raw MPI's operations do not agree on anything first, and a
// broadcast's root does not wait for the others.
#include <fmt/core.h>
#include <mpi.h>

#include <functional>
#include <hecaton/hecaton.hpp>
#include <span>
#include <string>
#include <support/benchmark.hpp>
#include <vector>

namespace {

using World = boost::mpi::communicator;

template <class Call>
double seconds_a_call(const World& world, int calls, Call&& call) {
    world.barrier();
    return benchmark::seconds_of([&] {
               for (int i = 0; i < calls; ++i) call();
           }) /
           calls;
}

template <class Ours, class Raw>
void compare(const World& world, const std::string& what, int calls, double limit, Ours&& ours, Raw&& raw) {
    const auto compared = benchmark::alternate(
        15, [&] { return seconds_a_call(world, calls, ours); }, [&] { return seconds_a_call(world, calls, raw); });
    if (world.rank() != 0) return;
    benchmark::report({.question = 16,
                       .what = what,
                       .ours = benchmark::time_text(compared.ours),
                       .peer = benchmark::time_text(compared.peer) + ", raw MPI",
                       .figure = compared.ratio,
                       .target = fmt::format("at most {:.2f} of the peer's time", limit),
                       .met = compared.ratio <= limit});
}

void all_reduce(const World& world, std::size_t items, int calls, double limit) {
    const std::vector<double> in(items, 1.0 / 3);
    std::vector<double> out(items);
    compare(
        world, fmt::format("all_reduce_into of {} double{}", items, items == 1 ? "" : "s"), calls, limit,
        [&] { hecaton::all_reduce_into(world, in, out, std::plus<>{}); },
        [&] { MPI_Allreduce(in.data(), out.data(), static_cast<int>(items), MPI_DOUBLE, MPI_SUM, world); });
}

void broadcast(const World& world, std::size_t items, int calls, double limit) {
    std::vector<double> data(items, 1.0 / 3);
    compare(
        world, fmt::format("broadcast_into of {} double{}", items, items == 1 ? "" : "s"), calls, limit,
        [&] { hecaton::broadcast_into(world, data); },
        [&] { MPI_Bcast(data.data(), static_cast<int>(items), MPI_DOUBLE, 0, world); });
}

void scatter_gather(const World& world, const std::string& what, std::size_t items, int calls, double limit) {
    const auto block = items / static_cast<std::size_t>(world.size());
    const int count = static_cast<int>(block);
    std::vector<double> all(world.rank() == 0 ? items : 0, 1.0 / 3), mine(block);
    compare(
        world, what, calls, limit,
        [&] {
            hecaton::scatter_into(world, all, mine);
            hecaton::gather_into(world, mine, all);
        },
        [&] {
            MPI_Scatter(all.data(), count, MPI_DOUBLE, mine.data(), count, MPI_DOUBLE, 0, world);
            MPI_Gather(mine.data(), count, MPI_DOUBLE, all.data(), count, MPI_DOUBLE, 0, world);
        });
}

}  // namespace

int main(int argc, char** argv) {
    const hecaton::Environment environment(argc, argv);
    const auto world = environment.world();
    all_reduce(world, 1, 10'000, 1.3);
    all_reduce(world, 1'000, 3'000, 1.1);
    all_reduce(world, 1'000'000, 20, 1.1);
    broadcast(world, 1, 10'000, 2);
    broadcast(world, 1'000, 3'000, 1.1);
    broadcast(world, 1'000'000, 20, 1.1);
    scatter_gather(world, "scatter_into + gather_into of 8 doubles", 8, 10'000, 2);
    scatter_gather(world, "scatter_into + gather_into of 512 MiB of doubles", std::size_t{1} << 26U, 1, 1.05);
}

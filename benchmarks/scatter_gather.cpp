// Question 6: scatter and then gather, against Boost.MPI (strings) and raw MPI (structs as bytes, doubles).
//
//     hecaton run -n 2 ./scatter_gather
//
// Counted on both sides: from the root's vector, over a vector on each rank, to a vector on the root again, with all
// that is allocated on the way; in some rows both keep their memory from call to call. Not counted: making the input
// and freeing anything.
#include <fmt/core.h>
#include <mpi.h>

#include <boost/mpi/collectives/gather.hpp>
#include <boost/mpi/collectives/scatter.hpp>
#include <boost/serialization/string.hpp>
#include <hecaton/hecaton.hpp>
#include <stdexcept>
#include <string>
#include <support/benchmark.hpp>
#include <type_traits>
#include <vector>

namespace {

using World = boost::mpi::communicator;

struct Body {
    double mass;
    float x, y;
    int kind, cell;
};
static_assert(sizeof(Body) == 24);

// Kept from call to call by the peer with reused buffers.
template <class T>
struct Buffers {
    std::vector<T> block, all;
};

void expect(bool right) {
    if (!right) throw std::logic_error("wrong results");
}

template <class T>
double ours(const World& world, const std::vector<T>& input) {
    std::vector<T> block, all;
    world.barrier();
    const double seconds = benchmark::seconds_of([&] {
        block = hecaton::scatter(world, input);
        all = hecaton::gather(world, block);
    });
    expect(world.rank() != 0 || all.size() == input.size());
    return seconds;
}

template <class T>
double ours_into(const World& world, const std::vector<T>& input, Buffers<T>& kept) {
    world.barrier();
    return benchmark::seconds_of([&] {
        hecaton::scatter_into(world, input, kept.block);
        hecaton::gather_into(world, kept.block, kept.all);
    });
}

// In equal blocks; doubles as doubles, anything else as bytes.
template <class T>
double raw(const World& world, const std::vector<T>& input, std::size_t items, Buffers<T>& buffers) {
    constexpr bool doubles = std::is_same_v<T, double>;
    const MPI_Datatype type = doubles ? MPI_DOUBLE : MPI_BYTE;
    const std::size_t block = items / static_cast<std::size_t>(world.size());
    const int count = static_cast<int>(doubles ? block : block * sizeof(T));
    world.barrier();
    return benchmark::seconds_of([&] {
        buffers.block.resize(block);
        MPI_Scatter(input.data(), count, type, buffers.block.data(), count, type, 0, world);
        if (world.rank() == 0) buffers.all.resize(items);
        MPI_Gather(buffers.block.data(), count, type, buffers.all.data(), count, type, 0, world);
    });
}

double boost_mpi(const World& world, const std::vector<std::string>& input, std::size_t items) {
    std::vector<std::string> block, all;
    world.barrier();
    const double seconds = benchmark::seconds_of([&] {
        const int count = static_cast<int>(items) / world.size();
        block.resize(static_cast<std::size_t>(count));
        if (world.rank() == 0)
            boost::mpi::scatter(world, input, block.data(), count, 0);
        else
            boost::mpi::scatter(world, block.data(), count, 0);
        if (world.rank() == 0) all.resize(items);
        boost::mpi::gather(world, block.data(), count, all.data(), 0);
    });
    expect(world.rank() != 0 || all == input);
    return seconds;
}

// What the root cannot do without: its own block as new strings, and then all of them.
double floor_of(const std::vector<std::string>& input, int ranks) {
    std::vector<std::string> block, all;
    return benchmark::seconds_of([&] {
        block.assign(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(input.size()) / ranks);
        all.assign(input.begin(), input.end());
    });
}

void strings(const World& world) {
    constexpr std::size_t items = 1'000'000;
    constexpr int repeats = 7;
    std::vector<std::string> input;
    if (world.rank() == 0)
        for (std::size_t i = 0; i < items; ++i) input.push_back(fmt::format("string number {}", i));
    const auto compared = benchmark::alternate(
        repeats, [&] { return ours(world, input); }, [&] { return boost_mpi(world, input, items); });
    if (world.rank() != 0) return;
    std::vector<double> floors;
    for (int i = 0; i < repeats; ++i) floors.push_back(floor_of(input, world.size()));
    const double floor = benchmark::median(floors);
    benchmark::report({.question = 6,
                       .what = "scatter + gather of 1 million strings of 15 to 20 characters",
                       .ours = benchmark::time_text(compared.ours),
                       .peer = benchmark::time_text(compared.peer) + ", Boost.MPI",
                       .figure = 1 / compared.ratio,
                       .target = "at least 2 times as fast",
                       .met = 1 / compared.ratio >= 2,
                       .note = fmt::format("allocating and copying the strings alone, which no transport can avoid, "
                                           "takes the root {}",
                                           benchmark::time_text(floor))});
}

template <class T>
void against_raw(const World& world, const char* what, std::size_t items, int repeats, double limit) {
    std::vector<T> input(world.rank() == 0 ? items : 0, T{});
    const auto compared = benchmark::alternate(
        repeats, [&] { return ours(world, input); },
        [&] {
            Buffers<T> buffers;
            return raw(world, input, items, buffers);
        });
    const std::size_t all = world.rank() == 0 ? items : 0;
    Buffers<T> kept;
    Buffers<T> ours_kept{std::vector<T>(items / static_cast<std::size_t>(world.size())), std::vector<T>(all)};
    const auto reused = benchmark::alternate(
        repeats, [&] { return ours_into(world, input, ours_kept); }, [&] { return raw(world, input, items, kept); });
    if (world.rank() != 0) return;
    benchmark::report({.question = 6,
                       .what = what,
                       .ours = benchmark::time_text(compared.ours),
                       .peer = benchmark::time_text(compared.peer) + ", raw MPI",
                       .figure = compared.ratio,
                       .target = fmt::format("at most {:.2f} of the peer's time", limit),
                       .met = compared.ratio <= limit,
                       .note = "allocation counted on both sides"});
    benchmark::report({.question = 6,
                       .what = "the same with scatter_into + gather_into, both in memory that is kept",
                       .ours = benchmark::time_text(reused.ours),
                       .peer = benchmark::time_text(reused.peer) + ", raw MPI",
                       .figure = reused.ratio,
                       .target = "at most 1.05 of the peer's time",
                       .met = reused.ratio <= 1.05});
}

}  // namespace

int main(int argc, char** argv) {
    const hecaton::Environment environment(argc, argv);
    const auto world = environment.world();
    if (1'000'000 % world.size() != 0)
        throw std::invalid_argument("the peers deal out equal blocks: run it on 2 ranks");
    strings(world);
    against_raw<Body>(world, "scatter + gather of 100,000 unmarked structs of 24 bytes", 100'000, 101, 1.1);
    against_raw<double>(world, "scatter + gather of 512 MiB of doubles", std::size_t{1} << 26U, 7, 1.05);
}

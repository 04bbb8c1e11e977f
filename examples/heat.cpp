// SPMD style, a stencil: heat spreads from glowing digits over a cold plate. Each rank has a block of its rows, and in
// each step gets the rows next to them from its neighbours, through Boost.MPI; our gather brings the picture together.
//
//     hecaton run -n 4 ./heat                   # heat.png; or file, size, steps: ./heat small.png 10 400
#include <fmt/core.h>

#include <algorithm>
#include <boost/mpi.hpp>
#include <hecaton/hecaton.hpp>
#include <numeric>
#include <span>

#include "argument.hpp"
#include "png.hpp"

constexpr std::array digits = {"                     ", "                     ", "                     ",  //
                               "    #    ###   ###   ", "   ##   #   # #   #  ", "    #   #   # #   #  ",
                               "    #   #   # #   #  ", "    #   #   # #   #  ", "    #   #   # #   #  ",
                               "   ###   ###   ###   ", "                     ", "                     ",
                               "                     "};
constexpr std::array<std::array<double, 3>, 6> palette = {
    {{0, 0, 12}, {66, 10, 104}, {147, 38, 103}, {221, 81, 58}, {252, 165, 10}, {252, 255, 190}}};

int main(int argc, char** argv) try {
    hecaton::Environment env(argc, argv);
    const auto world = env.world();
    const auto size = static_cast<std::size_t>(argument(argc, argv, 2, "SIZE", 40, 1000));  // of a digit's dot
    const int steps = argument(argc, argv, 3, "STEPS", 6000, 1'000'000);
    const std::size_t height = digits.size() * size, w = 21 * size + 2;  // a cold column on each side
    const auto [first, count] = hecaton::block_of(height, world.size(), world.rank());
    const int last = static_cast<int>(std::min<std::size_t>(height, static_cast<std::size_t>(world.size()))) - 1;
    std::vector<double> source((count + 2) * w), now, next;  // and a neighbour's row, or a cold one, above and below
    for (std::size_t y = 1; y <= count; ++y)
        for (std::size_t x = 1; x < w - 1; ++x)
            source[y * w + x] = digits[(first + y - 1) / size][(x - 1) / size] == '#' ? 1 : 0;
    now = next = source;
    for (int step = 0; step < steps; ++step) {
        std::vector<boost::mpi::request> requests;
        const auto exchange = [&](int rank, std::size_t send, std::size_t receive) {
            requests.push_back(world.isend(rank, 0, &now[send * w], static_cast<int>(w)));
            requests.push_back(world.irecv(rank, 0, &now[receive * w], static_cast<int>(w)));
        };
        if (world.rank() > 0 && world.rank() <= last) exchange(world.rank() - 1, 1, 0);
        if (world.rank() < last) exchange(world.rank() + 1, count, count + 1);
        boost::mpi::wait_all(requests.begin(), requests.end());
        for (std::size_t y = 1; y <= count; ++y)
            for (std::size_t i = y * w + 1; i < y * w + w - 1; ++i)
                next[i] = std::max(source[i], (now[i - 1] + now[i + 1] + now[i - w] + now[i + w]) / 4);
        now.swap(next);
    }
    const std::vector<double> plate = hecaton::gather(world, std::span(now).subspan(w, count * w));
    if (world.rank() != 0) return 0;
    std::vector<std::vector<Rgb>> rows(height, std::vector<Rgb>(w - 2));
    for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < w - 2; ++x)
            for (std::size_t i = 0; i < 3; ++i)
                rows[y][x][i] = static_cast<std::uint8_t>(gradient(palette, plate[y * w + x + 1])[i] + 0.5);
    write_png(argc > 1 ? argv[1] : "heat.png", rows);
    fmt::print("mean temperature {:.9f}\n",
               std::accumulate(plate.begin(), plate.end(), 0.0) / static_cast<double>(height * (w - 2)));
    return 0;
} catch (const std::exception& error) {
    fmt::print(stderr, "heat: {}\n", error.what());
    return 1;
}

// SPMD style, a stencil: heat spreads from glowing digits over a cold plate. Each rank has a block of its rows, and in
// each step gets the rows next to them from its neighbours, through Boost.MPI; our gather_into brings the picture
// together.
//
//     hecaton run -n 4 ./heat                   # heat.png; or file, size, steps: ./heat small.png 10 400
#include <fmt/core.h>

#include <boost/mpi.hpp>
#include <hecaton/hecaton.hpp>
#include <numeric>
#include <span>

#include "argument.hpp"
#include "png.hpp"

constexpr std::array digits = {"    #    ###   ###   ", "   ##   #   # #   #  ", "    #   #   # #   #  ",
                               "    #   #   # #   #  ", "    #   #   # #   #  ", "    #   #   # #   #  ",
                               "   ###   ###   ###   "};  // and three empty rows above and below
constexpr std::array<Colour, 6> palette = {
    {{0, 0, 12}, {66, 10, 104}, {147, 38, 103}, {221, 81, 58}, {252, 165, 10}, {252, 255, 190}}};
bool glows(std::size_t y, std::size_t x) { return y >= 3 && y < 3 + digits.size() && digits[y - 3][x] == '#'; }

int main(int argc, char** argv) try {
    hecaton::Environment env(argc, argv);
    const auto world = env.world();
    std::array<int, 2> given{};  // rank 0 alone looks at the arguments, so one line tells what is wrong with them
    if (world.rank() == 0)
        given = {argument(argc, argv, 2, "SIZE", 40, 400), argument(argc, argv, 3, "STEPS", 4000, 1'000'000)};
    hecaton::broadcast_into(world, given);
    const auto [size, steps] = given;
    const auto dot = static_cast<std::size_t>(size), height = 13 * dot, w = 21 * dot;
    const auto [first, count] = hecaton::block_of(height, world.size(), world.rank());  // my rows
    std::vector<double> source((count + 2) * w);  // with a neighbour's row, or a cold one, above and below
    for (std::size_t i = w; i < (count + 1) * w; ++i) source[i] = glows((first + i / w - 1) / dot, i % w / dot) ? 1 : 0;
    std::vector<double> now = source, next = source;
    for (int step = 0; step < steps; ++step, now.swap(next)) {
        std::vector<boost::mpi::request> requests;
        const auto exchange = [&](int rank, std::size_t send, std::size_t receive) {
            requests.push_back(world.isend(rank, 0, &now[send * w], static_cast<int>(w)));
            requests.push_back(world.irecv(rank, 0, &now[receive * w], static_cast<int>(w)));
        };
        if (count > 0 && first > 0) exchange(world.rank() - 1, 1, 0);
        if (first + count < height) exchange(world.rank() + 1, count, count + 1);
        boost::mpi::wait_all(requests.begin(), requests.end());
        for (std::size_t y = 1; y <= count; ++y)
            for (std::size_t i = y * w + 1; i < y * w + w - 1; ++i) {  // the columns at both ends stay cold
                const double mean = (now[i - 1] + now[i + 1] + now[i - w] + now[i + w]) / 4;
                next[i] = mean < source[i] ? source[i] : mean;
            }
    }
    std::vector<double> plate(world.rank() == 0 ? height * w : 0);
    hecaton::gather_into(world, std::span(now).subspan(w, count * w), plate);
    if (world.rank() != 0) return 0;
    std::vector<std::vector<Rgb>> rows(height);
    for (std::size_t i = 0; i < plate.size(); ++i) rows[i / w].push_back(rounded(gradient(palette, plate[i])));
    write_png(argc > 1 ? argv[1] : "heat.png", rows);
    const double sum = std::accumulate(plate.begin(), plate.end(), 0.0);
    fmt::print("mean temperature {:.9f}\n", sum / static_cast<double>(plate.size()));
    return 0;
} catch (const std::exception& error) {
    fmt::print(stderr, "heat: {}\n", error.what());
    return 1;
}

// A picture of the Mandelbrot set, written as a PNG: pool.map over its rows, some of which take far longer than others.
//
//     hecaton run -n 4 ./mandelbrot                         # mandelbrot.png, 1200 x 800
//     hecaton run -n 4 ./mandelbrot big.png 3000 2000       # file, width, height
//     hecaton run -n 4 --report run.html ./mandelbrot mandelbrot.png 1200 800 200     # rows in a chunk: see the report
#include <fmt/core.h>

#include <cmath>
#include <complex>
#include <hecaton/hecaton.hpp>
#include <ranges>

#include "argument.hpp"
#include "png.hpp"

constexpr std::complex<double> centre(-0.743643135, 0.131825963);  // in the valley of the sea horses
constexpr double width_of_view = 0.00018;
constexpr int limit = 4000;  // of iterations
constexpr std::array<Colour, 7> palette = {
    {{0, 7, 60}, {24, 82, 177}, {134, 181, 229}, {255, 250, 225}, {248, 166, 20}, {110, 28, 6}, {0, 7, 60}}};

// The colour of a point: how fast z = z*z + c escapes from it, as a smooth number and not in steps; black if never.
Colour colour(std::complex<double> c) {
    double x = 0, y = 0;
    for (int i = 0; i < limit; ++i) {
        const double xx = x * x, yy = y * y;
        if (xx + yy > 1e6) {
            const double smooth = i + 1 - std::log2(std::log2(xx + yy) / 2);
            return gradient(palette, std::fmod(1.6 * std::log2(std::max(smooth, 1.0)), 1.0));
        }
        y = 2 * x * y + c.imag();
        x = xx - yy + c.real();
    }
    return {};
}

std::vector<Rgb> draw_row(int row, int width, int height) {
    std::vector<Rgb> pixels;
    for (int column = 0; column < width; ++column) {
        Colour sum{};
        for (int sample = 0; sample < 9; ++sample) {  // 3 x 3 in each pixel, so that fine lines do not flicker
            const double right = column + (sample % 3 + 0.5) / 3 - width / 2.0;
            const double down = row + (sample / 3 + 0.5) / 3 - height / 2.0;
            const Colour part = colour(centre + width_of_view / width * std::complex<double>(right, -down));
            for (std::size_t i = 0; i < 3; ++i) sum[i] += part[i] / 9;
        }
        pixels.push_back(rounded(sum));
    }
    return pixels;
}

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [&](hecaton::Pool& pool) {
        const std::string file = argc > 1 ? argv[1] : "mandelbrot.png";
        const int width = argument(argc, argv, 2, "WIDTH", 1200, 20000);
        const int height = argument(argc, argv, 3, "HEIGHT", 800, 20000);
        const int chunk = argument(argc, argv, 4, "CHUNK", 0, 20000);  // without it, the pool chooses
        auto with = pool.with({.chunk_size = static_cast<std::size_t>(chunk), .name = "rows"});
        write_png(file, with.map([=](int y) { return draw_row(y, width, height); }, std::views::iota(0, height)));
        fmt::print("{}: {} x {} pixels\n", file, width, height);
        fmt::print(stderr, "{}\n", pool.last_map().verdict());
    });
}

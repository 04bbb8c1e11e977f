// Writes pictures as PNG files, through libpng.
#pragma once

#include <png.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

using Colour = std::array<double, 3>;  // red, green, blue, each from 0 to 255
using Rgb = std::array<std::uint8_t, 3>;

inline Rgb rounded(const Colour& colour) {
    Rgb rgb{};
    for (std::size_t i = 0; i < 3; ++i) rgb[i] = static_cast<std::uint8_t>(colour[i] + 0.5);
    return rgb;
}

/// `rows` has at least one row, from the top, all of the same length. Throws std::runtime_error when the file cannot
/// be written.
inline void write_png(const std::string& path, const std::vector<std::vector<Rgb>>& rows) {
    std::vector<Rgb> pixels;
    for (const auto& row : rows) pixels.insert(pixels.end(), row.begin(), row.end());
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(rows.front().size());
    image.height = static_cast<png_uint_32>(rows.size());
    image.format = PNG_FORMAT_RGB;
    if (png_image_write_to_file(&image, path.c_str(), 0, pixels.data(), 0, nullptr) == 0)
        throw std::runtime_error("cannot write " + path + ": " + image.message);
}

/// The colour at `t`, from 0 to 1, of a gradient through `stops` at equal distances.
template <std::size_t N>
Colour gradient(const std::array<Colour, N>& stops, double t) {
    const double place = t * static_cast<double>(N - 1);
    const std::size_t left = place < static_cast<double>(N - 1) ? static_cast<std::size_t>(place) : N - 2;
    const double part = place - static_cast<double>(left);
    Colour colour{};
    for (std::size_t i = 0; i < 3; ++i) colour[i] = stops[left][i] + part * (stops[left + 1][i] - stops[left][i]);
    return colour;
}

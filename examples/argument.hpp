// A whole number from the command line of an example, with an error that says what is wrong with it.
#pragma once

#include <fmt/format.h>

#include <charconv>
#include <stdexcept>
#include <string_view>

/// argv[position], or `otherwise` where the command line is shorter. Throws std::invalid_argument unless it is a whole
/// number from 1 to `largest`.
inline int argument(int argc, char** argv, int position, std::string_view name, int otherwise, int largest) {
    if (position >= argc) return otherwise;
    const std::string_view text = argv[position];
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > largest)
        throw std::invalid_argument(fmt::format("{} is a whole number from 1 to {}, not '{}'", name, largest, text));
    return value;
}

// Values and sizes for the tests of the collectives.
#pragma once

#include <boost/mpi/communicator.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

/// 24 bytes, of which some are padding.
struct Particle {
    double energy = 0;
    std::int32_t charge = 0;
    char kind = 'a';
    double spin = 0;
    bool operator==(const Particle&) const = default;
};
static_assert(sizeof(Particle) == 24);

struct Nothing {
    bool operator==(const Nothing&) const = default;
};

using Words = std::vector<std::string>;
using Table = std::map<std::string, double>;
using Entry = std::pair<int, std::string>;

/// The i-th value of a type.
template <class T>
T make(std::size_t i) {
    return static_cast<T>(i % 113);
}
template <>
inline bool make<bool>(std::size_t i) {
    return i % 3 == 0;
}
template <>
inline Particle make<Particle>(std::size_t i) {
    return {static_cast<double>(i) / 3, static_cast<std::int32_t>(i), static_cast<char>('a' + i % 26), -1.5};
}
template <>
inline Nothing make<Nothing>(std::size_t) {
    return {};
}
template <>
inline std::string make<std::string>(std::size_t i) {
    return std::string(i % 40, static_cast<char>('a' + i % 26));
}
template <>
inline Words make<Words>(std::size_t i) {
    return Words(i % 4, make<std::string>(i));
}
template <>
inline std::vector<double> make<std::vector<double>>(std::size_t i) {
    return std::vector<double>(i % 5, static_cast<double>(i));
}
template <>
inline Table make<Table>(std::size_t i) {
    return {{"first", 0.5}, {make<std::string>(i), static_cast<double>(i)}};
}
template <>
inline Entry make<Entry>(std::size_t i) {
    return {static_cast<int>(i), make<std::string>(i)};
}

template <class T>
std::vector<T> make_many(std::size_t count, std::size_t first = 0) {
    std::vector<T> values;
    for (std::size_t i = first; i < first + count; ++i) values.push_back(make<T>(i));
    return values;
}

/// None, one, and around the number of ranks.
inline std::vector<std::size_t> sizes_for(int ranks) {
    const auto p = static_cast<std::size_t>(ranks);
    return {0, 1, p - 1, p, p + 1, 1000};
}

#define COLLECTIVE_TYPES \
    char, int, double, bool, Particle, Nothing, std::string, Words, std::vector<double>, Table, Entry

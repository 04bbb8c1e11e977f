// Attacks a decoder with bytes that no encode() wrote. Needs allocations.cpp.
#pragma once

#include <algorithm>
#include <hecaton/codec/codec.hpp>
#include <memory>
#include <random>
#include <support/allocations.hpp>
#include <support/catch.hpp>
#include <vector>

namespace hecaton::test {

using Bytes = std::vector<std::byte>;

template <class T>
Bytes encoded(const T& value) {
    detail::Buffer buffer;
    detail::Writer writer(buffer);
    detail::encode(writer, value);
    return {buffer.data(), buffer.data() + buffer.size()};
}

struct Guard {
    explicit Guard(std::size_t input) { allocations::limit = input * 64 + (1 << 20); }
    ~Guard() { allocations::limit = 0; }
};

/// Decodes a block of exactly these bytes; true when a value came out. Anything but a std::exception fails the test.
template <class T>
bool survives(const Bytes& bytes) {
    const std::unique_ptr<std::byte[]> exact(new std::byte[bytes.size()]);
    std::copy(bytes.begin(), bytes.end(), exact.get());
    detail::Reader reader({exact.get(), bytes.size()});
    allocations::largest = 0;
    try {
        const Guard guard(bytes.size());
        [[maybe_unused]] const T value = detail::decode<T>(reader);
        allocations::limit = 0;
        encoded(value);  // touches all of it
        return true;
    } catch (const std::exception&) {
        const std::size_t largest = allocations::largest;
        if (largest > bytes.size() * 64 + (1 << 20)) FAIL("allocated " << largest << " bytes for " << bytes.size());
        return false;
    }
}

inline Bytes varint(std::uint64_t value) {
    detail::Buffer buffer;
    detail::Writer writer(buffer);
    writer.size(value);
    return {buffer.data(), buffer.data() + buffer.size()};
}

template <class T>
void attack(const T& value) {
    const Bytes good = encoded(value);
    REQUIRE(survives<T>(good));
    for (std::size_t n = 0; n < good.size(); ++n) {
        if (survives<T>(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(n)))) FAIL("a prefix of " << n);
    }
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (const int flip : {0x01, 0x02, 0x80, 0xFF, 0x7F}) {
            Bytes bad = good;
            bad[i] ^= std::byte(flip);
            survives<T>(bad);
        }
        for (const std::uint64_t length : {std::uint64_t{1} << 20, std::uint64_t{1} << 31, std::uint64_t{1} << 32,
                                           std::uint64_t{1} << 61, std::uint64_t{1} << 63, UINT64_MAX}) {
            Bytes bad(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(i));
            const Bytes huge = varint(length);
            bad.insert(bad.end(), huge.begin(), huge.end());
            bad.insert(bad.end(), good.begin() + static_cast<std::ptrdiff_t>(i) + 1, good.end());
            survives<T>(bad);
        }
    }
    for (unsigned seed = 0; seed < 400; ++seed) {
        std::mt19937 random(seed);
        Bytes garbage(random() % 300);
        const unsigned top = seed % 3 == 0 ? 3 : seed % 3 == 1 ? 20 : 256;  // small numbers get further
        for (auto& byte : garbage) byte = std::byte(random() % top);
        survives<T>(garbage);
    }
}

}  // namespace hecaton::test

#include <fmt/format.h>

#include <hecaton/codec/reader.hpp>

namespace hecaton::detail {

std::uint64_t Reader::long_size(std::uint8_t first) {
    std::uint64_t value = first & 0x7FU;
    for (unsigned shift = 7; shift < 64; shift += 7) {
        const std::uint64_t next = byte();
        const std::uint64_t digits = next & 0x7FU;
        if (digits << shift >> shift != digits) break;
        value |= digits << shift;
        if (next < 0x80) return value;
    }
    fail("a length does not fit into 64 bits");
}

void Reader::fail(const char* what) const {
    throw DecodeError(fmt::format("cannot decode: {} (byte {} of {})", what, position_, bytes_.size()));
}

void Reader::throw_truncated(std::size_t count) const {
    throw DecodeError(fmt::format("cannot decode: {} bytes are needed, {} are left (byte {} of {})", count, remaining(),
                                  position_, bytes_.size()));
}

void Reader::throw_too_many(std::uint64_t elements, std::size_t min_bytes_each) const {
    throw DecodeError(
        fmt::format("cannot decode: {} elements of at least {} bytes cannot follow in {} bytes (byte {} of {})",
                    elements, min_bytes_each, remaining(), position_, bytes_.size()));
}

}  // namespace hecaton::detail

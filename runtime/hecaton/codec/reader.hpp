// Takes encoded values out of a block of bytes.
//
// The bytes may be anything: every length is compared with what is left before it is used, so a reader neither leaves
// its block nor makes its caller allocate for elements that cannot follow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <hecaton/foundation/error.hpp>
#include <span>

namespace hecaton::detail {

class Reader {
  public:
    /// Reads `bytes`, which must outlive the reader.
    explicit Reader(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

    /// The next `count` bytes, which may lie at any alignment. Throws DecodeError when there are fewer.
    const std::byte* take(std::size_t count) {
        if (count > remaining()) throw_truncated(count);
        const std::byte* where = bytes_.data() + position_;
        position_ += count;
        return where;
    }
    std::uint8_t byte() { return std::to_integer<std::uint8_t>(*take(1)); }
    /// What Writer::size wrote.
    std::uint64_t size() {
        const std::uint8_t first = byte();
        return first < 0x80 ? first : long_size(first);
    }
    /// A number of elements of at least `min_bytes_each` (not 0) bytes; throws DecodeError when so many cannot follow.
    std::size_t count(std::size_t min_bytes_each) {
        const std::uint64_t elements = size();
        if (elements > remaining() / min_bytes_each) throw_too_many(elements, min_bytes_each);
        return static_cast<std::size_t>(elements);
    }

    std::size_t remaining() const noexcept { return bytes_.size() - position_; }
    std::size_t position() const noexcept { return position_; }

    /// Throws a DecodeError that names the position; `what` is for example "a boolean is neither 0 nor 1".
    [[noreturn]] void fail(const char* what) const;

  private:
    std::uint64_t long_size(std::uint8_t first);
    [[noreturn]] void throw_truncated(std::size_t count) const;
    [[noreturn]] void throw_too_many(std::uint64_t elements, std::size_t min_bytes_each) const;

    std::span<const std::byte> bytes_;
    std::size_t position_ = 0;
};

}  // namespace hecaton::detail

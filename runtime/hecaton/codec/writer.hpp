// Appends encoded values to a Buffer.
//
// The format is for the ranks of one program, which run the same binary: numbers are in native byte order, and nothing
// in the bytes says what type they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <hecaton/foundation/buffer.hpp>

namespace hecaton::detail {

class Writer {
  public:
    /// Appends to `buffer`, which must outlive the writer.
    explicit Writer(Buffer& buffer) noexcept : buffer_(&buffer) {}

    void raw(const void* source, std::size_t count) {
        if (count != 0) std::memcpy(buffer_->grow_by(count), source, count);
    }
    void byte(std::uint8_t value) { *buffer_->grow_by(1) = std::byte{value}; }
    /// A length or a small number, in 1 byte up to 127 and at most 10 (LEB128).
    void size(std::uint64_t value) {
        if (value < 0x80) {
            byte(static_cast<std::uint8_t>(value));
        } else {
            long_size(value);
        }
    }
    /// Makes room for `count` bytes; they must be written before anything else is.
    std::byte* grow_by(std::size_t count) { return buffer_->grow_by(count); }

    Buffer& buffer() noexcept { return *buffer_; }
    /// How many bytes the buffer holds.
    std::size_t position() const noexcept { return buffer_->size(); }
    /// Forgets what was written after `position`, for example the half of a value whose encoding threw.
    void rollback(std::size_t position) noexcept { buffer_->shrink_to(position); }

  private:
    void long_size(std::uint64_t value);

    Buffer* buffer_;
};

}  // namespace hecaton::detail

// A growing block of bytes: what a message is made of.
//
// Unlike std::vector it does not zero what it grows by (a gigabyte of results is received into it), its sizes are 64
// bits wide, and its first byte lies on a cache line, so that arrays of any ordinary type can be used where they
// arrived.
#pragma once

#include <cstddef>
#include <span>

namespace hecaton::detail {

class Buffer {
  public:
    /// The alignment of data(), in bytes.
    static constexpr std::size_t alignment = 64;

    Buffer() = default;
    explicit Buffer(std::size_t size) { grow_by(size); }
    Buffer(Buffer&& other) noexcept;
    Buffer& operator=(Buffer&& other) noexcept;
    ~Buffer();

    std::byte* data() noexcept { return data_; }
    const std::byte* data() const noexcept { return data_; }
    std::size_t size() const noexcept { return size_; }
    std::size_t capacity() const noexcept { return capacity_; }
    bool empty() const noexcept { return size_ == 0; }
    std::span<const std::byte> bytes() const noexcept { return {data_, size_}; }

    /// Makes room for `count` more bytes and returns where they begin; what they hold is unspecified.
    std::byte* grow_by(std::size_t count) {
        if (count > capacity_ - size_) reallocate(count);
        std::byte* where = data_ + size_;
        size_ += count;
        return where;
    }
    void append(const void* source, std::size_t count);
    void append(std::span<const std::byte> bytes) { append(bytes.data(), bytes.size()); }
    /// Forgets all bytes from `size` on; `size` must not be above size(). Keeps the memory.
    void shrink_to(std::size_t size) noexcept { size_ = size; }
    void clear() noexcept { size_ = 0; }
    void reserve(std::size_t capacity);

  private:
    void reallocate(std::size_t more);

    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace hecaton::detail

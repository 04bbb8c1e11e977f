#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <hecaton/foundation/buffer.hpp>
#include <new>
#include <utility>

namespace hecaton::detail {
namespace {

// Blocks of the size of a message's head come and go with every message, so each thread keeps some.
constexpr std::size_t block_size = 4'096;
constexpr std::size_t blocks_kept = 64;

// Trivially destructible, because buffers come and go after a thread's (and the program's) objects have been destroyed.
struct Blocks {
    std::array<std::byte*, blocks_kept> kept{};
    std::size_t count = 0;
    bool over = false;
};
thread_local constinit Blocks blocks;

// Gives the blocks back when its thread ends.
struct BlocksEnd {
    void watch() const noexcept {}
    ~BlocksEnd() {
        for (; blocks.count > 0; --blocks.count)
            ::operator delete (blocks.kept[blocks.count - 1], std::align_val_t{Buffer::alignment});
        blocks.over = true;
    }
};
thread_local const BlocksEnd blocks_end;

std::byte* allocate(std::size_t size) {
    if (size == block_size && blocks.count > 0) return blocks.kept[--blocks.count];
    return static_cast<std::byte*>(::operator new (size, std::align_val_t{Buffer::alignment}));
}

void release(std::byte* data, std::size_t size) {
    if (size == block_size && blocks.count < blocks_kept && !blocks.over) {
        blocks_end.watch();  // makes it, the first time
        blocks.kept[blocks.count++] = data;
    } else {
        ::operator delete (data, std::align_val_t{Buffer::alignment});
    }
}

}  // namespace

Buffer::Buffer(Buffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
}

Buffer::~Buffer() {
    if (data_ != nullptr) release(data_, capacity_);
}

void Buffer::append(const void* source, std::size_t count) {
    if (count != 0) std::memcpy(grow_by(count), source, count);
}

void Buffer::reserve(std::size_t capacity) {
    if (capacity > capacity_) reallocate(capacity - size_);
}

void Buffer::reallocate(std::size_t more) {
    if (more > SIZE_MAX / 2 - size_) throw std::bad_alloc();
    const std::size_t capacity = std::max({size_ + more, capacity_ * 2, alignment});
    std::byte* data = allocate(capacity);
    if (size_ != 0) std::memcpy(data, data_, size_);
    if (data_ != nullptr) release(data_, capacity_);
    data_ = data;
    capacity_ = capacity;
}

}  // namespace hecaton::detail

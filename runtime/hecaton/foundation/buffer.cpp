#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <hecaton/foundation/buffer.hpp>
#include <new>
#include <utility>

namespace hecaton::detail {
namespace {

// Blocks of the size of a message's head come and go with every message, those of the smallest size with every call, so
// each thread keeps some.
constexpr std::size_t head_size = 4'096;
constexpr std::size_t blocks_kept = 64;

struct Blocks {
    std::array<std::byte*, blocks_kept> kept{};
    std::size_t count = 0;
};

// Trivially destructible, because buffers come and go after a thread's (and the program's) objects have been destroyed.
struct KeptBlocks {
    Blocks small;
    Blocks heads;
    bool over = false;

    Blocks* of(std::size_t size) { return size == Buffer::alignment ? &small : size == head_size ? &heads : nullptr; }
};
thread_local constinit KeptBlocks kept_blocks;

void free_block(std::byte* block) { ::operator delete (block, std::align_val_t{Buffer::alignment}); }

// Gives the blocks back when its thread ends.
struct BlocksEnd {
    void watch() const noexcept {}
    ~BlocksEnd() {
        for (Blocks* blocks : {&kept_blocks.small, &kept_blocks.heads})
            for (; blocks->count > 0; --blocks->count) free_block(blocks->kept[blocks->count - 1]);
        kept_blocks.over = true;
    }
};
thread_local const BlocksEnd blocks_end;

std::byte* allocate(std::size_t size) {
    Blocks* const blocks = kept_blocks.of(size);
    if (blocks != nullptr && blocks->count > 0) return blocks->kept[--blocks->count];
    return static_cast<std::byte*>(::operator new (size, std::align_val_t{Buffer::alignment}));
}

void release(std::byte* data, std::size_t size) {
    Blocks* const blocks = kept_blocks.of(size);
    if (blocks == nullptr || blocks->count == blocks_kept || kept_blocks.over) return free_block(data);
    blocks_end.watch();  // makes it, the first time
    blocks->kept[blocks->count++] = data;
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

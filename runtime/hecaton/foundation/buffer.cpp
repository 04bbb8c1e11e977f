#include <algorithm>
#include <cstdint>
#include <cstring>
#include <hecaton/foundation/buffer.hpp>
#include <new>
#include <utility>

namespace hecaton {
namespace {

std::byte* allocate(std::size_t size) {
    return static_cast<std::byte*>(::operator new (size, std::align_val_t{Buffer::alignment}));
}
void release(std::byte* data) { ::operator delete (data, std::align_val_t{Buffer::alignment}); }

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
    if (data_ != nullptr) release(data_);
}

void Buffer::append(const void* source, std::size_t count) {
    if (count != 0) std::memcpy(grow_by(count), source, count);
}

void Buffer::reserve(std::size_t capacity) {
    if (capacity > capacity_) reallocate(capacity - size_);
}

void Buffer::reallocate(std::size_t more) {
    if (more > SIZE_MAX / 2 - size_) throw std::bad_alloc();
    const std::size_t capacity = std::max({size_ + more, capacity_ + capacity_ / 2, alignment});
    std::byte* data = allocate(capacity);
    if (size_ != 0) std::memcpy(data, data_, size_);
    if (data_ != nullptr) release(data_);
    data_ = data;
    capacity_ = capacity;
}

}  // namespace hecaton

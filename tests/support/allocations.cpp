#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>
#include <support/allocations.hpp>

namespace hecaton::test::allocations {
namespace {

std::atomic<std::size_t> requests_left{0};  // up to and with the one that throws; 0: none does
std::atomic<std::size_t> smallest_to_count{0};
std::atomic<bool> thrown{false};
std::atomic<bool> goes_on{false};  // it throws again, until much is freed

constexpr std::size_t much = std::size_t{8} << 20U;

bool is_to_throw(std::size_t size) noexcept {
    if (size < smallest_to_count.load(std::memory_order_relaxed)) return false;
    std::size_t left = requests_left.load(std::memory_order_relaxed);
    const std::size_t last = goes_on ? 1 : 0;
    while (left > last && !requests_left.compare_exchange_weak(left, left - 1)) continue;
    return left == 1;
}

void release(void* memory) noexcept {
    if (goes_on && ::malloc_usable_size(memory) >= much) requests_left = 0;
    std::free(memory);
}

void* allocate(std::size_t size, std::size_t alignment = 0) {
    if (limit != 0) {
        ++count;
        largest = std::max(largest, size);
        if (size > limit) throw std::bad_alloc();  // so that a failing test does not take the machine with it
    }
    if (is_to_throw(size)) {
        thrown = true;
        throw std::bad_alloc();
    }
    const std::size_t rounded = alignment == 0 ? size : (size + alignment - 1) / alignment * alignment;
    void* memory = alignment == 0 ? std::malloc(size == 0 ? 1 : size) : std::aligned_alloc(alignment, rounded);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

}  // namespace

bool fail_at(std::size_t n, std::size_t smallest) noexcept {
    smallest_to_count = smallest;
    goes_on = false;
    requests_left = n;
    return thrown.exchange(false);
}

bool fail_from(std::size_t n) noexcept {
    const bool has_thrown = fail_at(n);
    goes_on = true;
    return has_thrown;
}

}  // namespace hecaton::test::allocations

using hecaton::test::allocations::allocate;
using hecaton::test::allocations::release;

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size == 0 ? 1 : size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size == 0 ? 1 : size); }
void operator delete(void* memory) noexcept { release(memory); }
void operator delete[](void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }

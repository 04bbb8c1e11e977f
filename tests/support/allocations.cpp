#include <algorithm>
#include <cstdlib>
#include <new>
#include <support/allocations.hpp>

namespace hecaton::test::allocations {
namespace {

void* allocate(std::size_t size, std::size_t alignment = 0) {
    if (limit != 0) {
        ++count;
        largest = std::max(largest, size);
        if (size > limit) throw std::bad_alloc();  // so that a failing test does not take the machine with it
    }
    const std::size_t rounded = alignment == 0 ? size : (size + alignment - 1) / alignment * alignment;
    void* memory = alignment == 0 ? std::malloc(size == 0 ? 1 : size) : std::aligned_alloc(alignment, rounded);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

}  // namespace
}  // namespace hecaton::test::allocations

using hecaton::test::allocations::allocate;

void* operator new(std::size_t size) { return allocate(size); }
void* operator new[](std::size_t size) { return allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size == 0 ? 1 : size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size == 0 ? 1 : size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

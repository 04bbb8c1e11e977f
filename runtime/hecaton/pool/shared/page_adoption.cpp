#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <hecaton/pool/shared/page_adoption.hpp>
#include <new>
#include <vector>

namespace hecaton::detail {
namespace {

std::size_t page_size() {
    static const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return size;
}

std::size_t into_page(const void* at) { return reinterpret_cast<std::uintptr_t>(at) % page_size(); }

bool still_mapped(void* begin, std::size_t size) {
    std::vector<unsigned char> resident((size + page_size() - 1) / page_size());
    return ::mincore(begin, size, resident.data()) == 0;
}

}  // namespace

bool PageAdoption::possible(const void* storage, std::size_t offset) noexcept {
    if (storage == nullptr || into_page(storage) == 0 || into_page(storage) != offset % page_size()) return false;
    const std::size_t usable = ::malloc_usable_size(const_cast<void*>(storage));
    return into_page(static_cast<const std::byte*>(storage) + usable) == 0;
}

PageAdoption::PageAdoption(const MemoryFile& file, std::size_t offset, void* storage) noexcept
    : file_(file),
      offset_(offset),
      storage_(static_cast<std::byte*>(storage)),
      next_(storage_ + (page_size() - into_page(storage_))) {}

void PageAdoption::extend_to(std::size_t size) {
    std::byte* const end = storage_ + size - into_page(storage_ + size);
    if (refused_ || end <= next_) return;
    const auto bytes = static_cast<std::size_t>(end - next_);
    if (::mmap(next_, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, file_.descriptor(),
               static_cast<off_t>(offset_of(next_))) == MAP_FAILED) {
        refused_ = true;
        if (!still_mapped(next_, bytes)) restore(next_, bytes);
    }
    next_ = end;
}

// The system can take the old pages away before it finds that it has no memory for the new mapping.
void PageAdoption::restore(std::byte* begin, std::size_t size) {
    if (::mmap(begin, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
        throw std::bad_alloc();
    while (size != 0) {
        const ssize_t got = ::pread(file_.descriptor(), begin, size, static_cast<off_t>(offset_of(begin)));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) throw std::bad_alloc();
        begin += got;
        size -= static_cast<std::size_t>(got);
    }
}

}  // namespace hecaton::detail

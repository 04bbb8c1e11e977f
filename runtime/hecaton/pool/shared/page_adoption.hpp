// PageAdoption: puts a file's pages under the storage of a large vector.
//
// However many processes do so, the bytes are in memory once. The pages are a private mapping: reading shares them,
// and a write (nobody does) would copy the page.
//
// It is done to storage that malloc got from the system as a mapping of its own, and gives back to it whole: free()
// then unmaps the file's pages too. A heap would hand such pages out again, and when it returns unused pages to the
// system (MADV_DONTNEED) it counts on zeros, where a file's pages show the file. With glibc such storage begins 16
// bytes behind a page's begin (or at its alignment) and is the only one whose usable size ends with a page: on the heap
// it ends 8 bytes into the next block's header. Where other allocators (the sanitizers', jemalloc) do not look like
// that the bytes are copied instead.
#pragma once

#include <cstddef>
#include <hecaton/foundation/memory_file.hpp>

namespace hecaton::detail {

class PageAdoption {
  public:
    /// Smaller storage is not worth it, and rarely a mapping of its own.
    static constexpr std::size_t smallest = 1024 * 1024;
    /// Of this size and more, malloc makes a mapping of its own, whatever its threshold has grown to. Storage costs
    /// memory only where it was written to.
    static constexpr std::size_t own_mapping = 32 * 1024 * 1024 + 4096;
    /// Between filling storage and giving its pages back.
    static constexpr std::size_t piece = 4 * 1024 * 1024;

    /// Where an array for elements of that alignment begins in its file, so that it and its storage lie alike in
    /// their pages.
    static constexpr std::size_t array_offset(std::size_t alignment) { return alignment < 16 ? 16 : alignment; }

    /// Whether `storage`, which came from operator new, can take in a file's pages from `offset` on.
    static bool possible(const void* storage, std::size_t offset) noexcept;

    /// `storage` is to take in the bytes of `file` from `offset` on; possible() was true. The file outlives this.
    PageAdoption(const MemoryFile& file, std::size_t offset, void* storage) noexcept;

    /// Replaces the whole pages among the first `size` bytes of the storage, which hold what the file holds. Called
    /// with growing sizes. Throws std::bad_alloc when the system took the storage away and has no more.
    void extend_to(std::size_t size);

  private:
    void restore(std::byte* begin, std::size_t size);
    std::size_t offset_of(const std::byte* at) const noexcept {
        return offset_ + static_cast<std::size_t>(at - storage_);
    }

    const MemoryFile& file_;
    const std::size_t offset_;
    std::byte* const storage_;
    std::byte* next_;  // the first page that is not replaced yet
    bool refused_ = false;
};

}  // namespace hecaton::detail

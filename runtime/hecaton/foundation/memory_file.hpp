// MemoryFile: bytes in a file that lies in memory and has no name, so that other processes of the machine can map them.
//
// The file is gone with the last descriptor and mapping of it, whatever becomes of the processes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace hecaton::detail {

class MemoryFile {
  public:
    /// Where another process finds the file while the one that says this has it open.
    struct Address {
        std::int64_t pid = 0;
        std::int64_t descriptor = -1;  ///< -1: there is no file
        std::uint64_t size = 0;
        std::uint64_t device = 0;
        std::uint64_t inode = 0;

        /// For an environment variable.
        std::string text() const;
        /// What text() gave; an address without a file for anything else.
        static Address from(const std::string& text);
    };

    /// A new file of that many bytes, all 0. Null where the system has none to give, or when half of the descriptors
    /// that this process may have are in use: the rest is for the program's own files.
    static std::shared_ptr<MemoryFile> create(std::size_t size);
    /// The file of another process (or of this one), for reading. Null when it is not there any more, or may not be
    /// opened.
    static std::shared_ptr<const MemoryFile> open(const Address& address);
    /// The same for writing too.
    static std::shared_ptr<MemoryFile> open_writable(const Address& address);

    ~MemoryFile();
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    std::size_t size() const noexcept { return size_; }
    int descriptor() const noexcept { return descriptor_; }
    Address address() const;

    /// Writes to the file, which does not grow. False when memory is lacking.
    bool write(std::size_t at, const void* bytes, std::size_t size);
    /// After the last write and without a mapping from map_writable(): the bytes cannot be changed any more.
    void seal() noexcept;

    /// The whole file for reading; unmapped with the last copy of the pointer. Throws std::bad_alloc.
    std::shared_ptr<const std::byte> map() const;
    /// The same for writing; null where that is not possible.
    std::shared_ptr<std::byte> map_writable();

  private:
    static std::shared_ptr<MemoryFile> open(const Address& address, int access);
    MemoryFile(int descriptor, std::size_t size) noexcept : descriptor_(descriptor), size_(size) {}

    const int descriptor_;
    const std::size_t size_;
};

}  // namespace hecaton::detail

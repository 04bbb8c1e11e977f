// SharedBlock: the bytes of a broadcast value, in a memory file or in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <hecaton/foundation/buffer.hpp>
#include <hecaton/foundation/memory_file.hpp>
#include <memory>
#include <span>

namespace hecaton::detail {

class SharedBlock {
  public:
    /// Blocks of this size and more are kept in files.
    static constexpr std::size_t smallest_file = 64 * 1024;

    SharedBlock() = default;
    explicit SharedBlock(std::shared_ptr<const MemoryFile> file) noexcept
        : size_(file->size()), file_(std::move(file)) {}
    /// Bytes that lie in memory, which `owner` keeps.
    SharedBlock(std::span<const std::byte> bytes, const std::shared_ptr<const void>& owner) noexcept
        : size_(bytes.size()), memory_(owner, bytes.data()) {}
    /// Moves the bytes to a file when there are smallest_file or more.
    explicit SharedBlock(Buffer bytes);

    /// True when there is no block: one of size 0 does not exist.
    bool empty() const noexcept { return size_ == 0; }
    std::size_t size() const noexcept { return size_; }
    bool in_file() const noexcept { return file_ != nullptr; }
    const std::shared_ptr<const MemoryFile>& file() const noexcept { return file_; }
    /// Where the bytes lie, for as long as the pointer is kept. Throws std::bad_alloc when a file cannot be mapped.
    std::shared_ptr<const std::byte> bytes() const { return in_file() ? file_->map() : memory_; }

  private:
    std::size_t size_ = 0;
    std::shared_ptr<const MemoryFile> file_;
    std::shared_ptr<const std::byte> memory_;
};

/// A file with these bytes; null where it cannot be made.
std::shared_ptr<const MemoryFile> file_of(std::span<const std::byte> bytes);

/// Makes a rank's value from its block.
using MakeShared = std::shared_ptr<const void>(const SharedBlock& block);
/// The value of that number on this rank; `make` makes it when it is first asked for. Throws UsageError for a value
/// that was released.
const void* shared_value(std::uint64_t id, MakeShared* make);

}  // namespace hecaton::detail

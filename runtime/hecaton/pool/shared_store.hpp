// The values that pools of this process have broadcast or received, by number.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <unordered_map>

namespace hecaton::detail {

class SharedStore {
  public:
    /// Keeps the encoded value until it is first asked for.
    void put(std::uint64_t id, std::span<const std::byte> encoded, std::shared_ptr<const void> owner);
    /// Keeps the value itself (on the root).
    void put(std::uint64_t id, std::shared_ptr<const void> value);
    void drop(std::uint64_t id);

    /// The value; `decode` makes it from bytes when nobody has yet. Throws UsageError for a value that was released.
    const void* get(std::uint64_t id, std::shared_ptr<const void> (*decode)(std::span<const std::byte>));

  private:
    struct Entry {
        std::mutex decoding;
        std::atomic<const void*> ready{nullptr};
        std::shared_ptr<const void> value;
        std::span<const std::byte> encoded;
        std::shared_ptr<const void> owner;
    };
    std::shared_mutex mutex_;
    std::unordered_map<std::uint64_t, std::shared_ptr<Entry>> entries_;
    std::atomic<std::uint64_t> changes_{1};  // so that threads can remember what they found last
};

SharedStore& shared_store();

}  // namespace hecaton::detail

// The values that pools of this process have broadcast or received, by number.
//
// A value's block stays as long as the value where it is in a file or small, for processes that run tasks on behalf of
// this one: locate() tells where they find it, and put() takes it in there.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <hecaton/pool/shared.hpp>
#include <hecaton/transport/bell.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>

namespace hecaton::detail {

class SharedStore {
  public:
    /// Keeps the block until the value is first asked for, and wakes those who wait for it; the root has the value too.
    void put(std::uint64_t id, SharedBlock block, std::shared_ptr<const void> value = {});
    /// The value is under way: whoever asks for it waits.
    void expect(std::uint64_t id);
    /// Whoever waits for it gets the UsageError.
    void drop(std::uint64_t id);

    /// The value; `make` makes it from its block when nobody has yet. Throws UsageError for a value that was released.
    const void* get(std::uint64_t id, MakeShared* make);
    /// Where another process of this machine and user finds the value's block, until it is dropped here; waits like
    /// get(). Empty when there is no memory for a file. Throws UsageError for a value that was released.
    std::optional<MemoryFile::Address> locate(std::uint64_t id);

    bool has(std::uint64_t id);

    /// Room for a large block that is about to come, in a file; null where there is none.
    std::byte* land(std::uint64_t id, std::size_t size);
    /// The block that has come there.
    SharedBlock landed(std::uint64_t id);

  private:
    struct Entry {
        std::mutex mutex;
        std::condition_variable arrived;
        std::atomic<const void*> ready{nullptr};
        std::shared_ptr<const void> value;
        SharedBlock block;
        bool dropped = false;
        bool under_way() const noexcept { return !dropped && value == nullptr && block.empty(); }
    };
    struct Landing {
        std::shared_ptr<MemoryFile> file;
        std::shared_ptr<std::byte> bytes;
    };

    std::shared_ptr<Entry> find(std::uint64_t id);
    std::shared_ptr<Entry> find_or_add(std::uint64_t id);
    static std::unique_lock<std::mutex> wait_for(Entry& entry);

    std::shared_mutex mutex_;
    std::unordered_map<std::uint64_t, std::shared_ptr<Entry>> entries_;
    std::unordered_map<std::uint64_t, Landing> landing_;
    std::atomic<std::uint64_t> changes_{1};  // so that threads can remember what they found last
};

SharedStore& shared_store();

/// Whom this thread rings before it waits for a value: whoever takes in the rank's messages meanwhile. Null: nobody.
void ring_before_waiting(Bell* bell) noexcept;

}  // namespace hecaton::detail

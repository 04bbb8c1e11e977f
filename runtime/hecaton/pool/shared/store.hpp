// SharedStore: the values that pools of this process have broadcast or received, by number.
//
// Processes that run tasks on behalf of this one need the values too. So a block that is small or in a file stays as
// long as its value: locate() tells those processes where it is, and they take it in by put().
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <hecaton/pool/shared/block.hpp>
#include <hecaton/transport/bell.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>

namespace hecaton::detail {

class SharedStore {
  public:
    /// Keeps the block until the value is first asked for, and wakes the threads that wait for it. The root gives its
    /// own value along.
    void put(std::uint64_t id, SharedBlock block, std::shared_ptr<const void> value = {});
    /// The value is under way: threads that ask for it wait.
    void expect(std::uint64_t id);
    /// Threads that wait for it get the UsageError. Returns what keeps the value, for those that still read it.
    std::shared_ptr<const void> drop(std::uint64_t id);

    /// The value; `make` makes it from its block when it is first asked for. Throws UsageError for a value that was
    /// released.
    const void* get(std::uint64_t id, MakeShared* make);
    /// Where another process of this machine and user finds the value's block, until it is dropped here; waits as
    /// get() does. Empty when there is no memory for a file. Throws UsageError for a value that was released.
    std::optional<MemoryFile::Address> locate(std::uint64_t id);

    bool has(std::uint64_t id);

    /// Room in a file for a large block that is about to come; null when there is none.
    std::byte* room_for(std::uint64_t id, std::size_t size);
    /// The block that was received into that room.
    SharedBlock received(std::uint64_t id);

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
    struct Room {
        std::shared_ptr<MemoryFile> file;
        std::shared_ptr<std::byte> bytes;
    };

    std::shared_ptr<Entry> find(std::uint64_t id);
    std::shared_ptr<Entry> find_or_add(std::uint64_t id);
    static std::unique_lock<std::mutex> wait_for(Entry& entry);

    std::shared_mutex mutex_;
    std::unordered_map<std::uint64_t, std::shared_ptr<Entry>> entries_;
    std::unordered_map<std::uint64_t, Room> rooms_;  // of blocks that are being received
    std::atomic<std::uint64_t> changes_{1};          // so that threads can remember what they found last
};

SharedStore& shared_store();

/// What this thread rings before it waits for a value: the bell of the thread that takes in the rank's messages
/// meanwhile. Null: there is none.
void ring_before_waiting(Bell* bell) noexcept;

}  // namespace hecaton::detail

#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/shared/store.hpp>
#include <hecaton/survival/sandbox_shared.hpp>
#include <hecaton/survival/zygote.hpp>
#include <new>
#include <utility>

namespace hecaton::detail {
namespace {

thread_local constinit Bell* bell_of_waiting = nullptr;

[[noreturn]] void refuse() {
    throw UsageError("a Shared value was used after pool.release(), after its pool's end, or in another program");
}

// In a sandbox or a Process, both forks of the zygote: the bytes of a value that its own store does not have, from its
// rank. A Process has no rank to ask.
SharedBlock block_from_rank(std::uint64_t id) {
    const auto address = ask_rank_for_shared(id);
    if (!address)
        throw UsageError(
            "a Shared value was used in a Process, which does not have it: give the value as an argument, or with "
            "hecaton::bind_front");
    auto file = MemoryFile::open(*address);
    if (file == nullptr) throw std::bad_alloc();  // no descriptor is left for it
    when_shared_is_dropped([](std::uint64_t dropped) { shared_store().drop(dropped); });
    return SharedBlock(std::move(file));
}

}  // namespace

SharedStore& shared_store() {
    static SharedStore& store = *new SharedStore;  // threads may look into it while the process exits
    return store;
}

const void* shared_value(std::uint64_t id, MakeShared* make) { return shared_store().get(id, make); }

void ring_before_waiting(Bell* bell) noexcept { bell_of_waiting = bell; }

std::shared_ptr<SharedStore::Entry> SharedStore::find(std::uint64_t id) {
    {
        const std::shared_lock lock(mutex_);
        const auto found = entries_.find(id);
        if (found != entries_.end()) return found->second;
    }
    if (!inside_process()) refuse();
    put(id, block_from_rank(id));
    return find_or_add(id);
}

bool SharedStore::has(std::uint64_t id) {
    const std::shared_lock lock(mutex_);
    return entries_.contains(id);
}

std::shared_ptr<SharedStore::Entry> SharedStore::find_or_add(std::uint64_t id) {
    const std::unique_lock lock(mutex_);
    const auto found = entries_.find(id);
    changes_.fetch_add(1, std::memory_order_release);
    if (found != entries_.end()) return found->second;
    return entries_.emplace(id, std::make_shared<Entry>()).first->second;
}

void SharedStore::put(std::uint64_t id, SharedBlock block, std::shared_ptr<const void> value) {
    const std::shared_ptr<Entry> entry = find_or_add(id);
    const std::lock_guard lock(entry->mutex);
    entry->value = std::move(value);
    entry->ready.store(entry->value.get(), std::memory_order_release);
    // A large block that got no file would cost as much as the value.
    if (entry->value == nullptr || block.in_file() || block.size() < SharedBlock::smallest_file)
        entry->block = std::move(block);
    entry->arrived.notify_all();
}

void SharedStore::expect(std::uint64_t id) { find_or_add(id); }

std::shared_ptr<const void> SharedStore::drop(std::uint64_t id) {
    std::shared_ptr<Entry> entry;  // destroyed outside the lock: it may be large
    {
        const std::unique_lock lock(mutex_);
        const auto found = entries_.find(id);
        if (found == entries_.end()) return {};
        entry = std::move(found->second);
        entries_.erase(found);
        changes_.fetch_add(1, std::memory_order_release);
    }
    const std::lock_guard lock(entry->mutex);
    entry->dropped = true;
    entry->arrived.notify_all();
    return entry;
}

std::unique_lock<std::mutex> SharedStore::wait_for(Entry& entry) {
    std::unique_lock lock(entry.mutex);
    if (entry.under_way() && bell_of_waiting != nullptr) bell_of_waiting->ring();
    entry.arrived.wait(lock, [&entry] { return !entry.under_way(); });
    if (entry.dropped) refuse();
    return lock;
}

const void* SharedStore::get(std::uint64_t id, MakeShared* make) {
    // A task dereferences the same value for each item: this thread's last answer serves until anything is put or
    // dropped.
    struct Last {
        std::uint64_t id = 0;
        std::uint64_t changes = 0;
        const void* value = nullptr;
    };
    static thread_local constinit Last last;
    const std::uint64_t changes = changes_.load(std::memory_order_acquire);
    if (last.id == id && last.changes == changes) return last.value;

    const std::shared_ptr<Entry> entry = find(id);
    if (entry->ready.load(std::memory_order_acquire) == nullptr) {
        const auto lock = wait_for(*entry);
        if (entry->value == nullptr) {
            entry->value = make(entry->block);
            if (!entry->block.in_file() && entry->block.size() >= SharedBlock::smallest_file) entry->block = {};
            entry->ready.store(entry->value.get(), std::memory_order_release);
        }
    }
    last = {id, changes, entry->ready.load(std::memory_order_relaxed)};
    return last.value;
}

std::optional<MemoryFile::Address> SharedStore::locate(std::uint64_t id) {
    const std::shared_ptr<Entry> entry = find(id);
    const auto lock = wait_for(*entry);
    if (!entry->block.in_file() && !entry->block.empty()) {  // a small one
        const auto bytes = entry->block.bytes();
        if (auto file = file_of({bytes.get(), entry->block.size()})) entry->block = SharedBlock(std::move(file));
    }
    if (!entry->block.in_file()) return std::nullopt;
    return entry->block.file()->address();
}

std::byte* SharedStore::room_for(std::uint64_t id, std::size_t size) {
    Room room;
    room.file = MemoryFile::create(size);
    if (room.file != nullptr) room.bytes = room.file->map_writable();
    if (room.bytes == nullptr) return nullptr;
    const std::unique_lock lock(mutex_);
    return (rooms_[id] = std::move(room)).bytes.get();
}

SharedBlock SharedStore::received(std::uint64_t id) {
    std::shared_ptr<MemoryFile> file;
    {
        const std::unique_lock lock(mutex_);
        const auto found = rooms_.find(id);
        file = std::move(found->second.file);
        rooms_.erase(found);
    }
    file->seal();
    return SharedBlock(std::move(file));
}

}  // namespace hecaton::detail

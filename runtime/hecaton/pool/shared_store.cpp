#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/shared.hpp>
#include <hecaton/pool/shared_in_process.hpp>
#include <hecaton/pool/shared_store.hpp>
#include <hecaton/survival/zygote.hpp>
#include <utility>

namespace hecaton::detail {

SharedStore& shared_store() {
    static SharedStore& store = *new SharedStore;  // threads may look into it while the process exits
    return store;
}

const void* shared_value(std::uint64_t id, std::shared_ptr<const void> (*decode)(std::span<const std::byte>)) {
    return shared_store().get(id, decode);
}

void SharedStore::put(std::uint64_t id, std::span<const std::byte> encoded, std::shared_ptr<const void> owner) {
    auto entry = std::make_shared<Entry>();
    entry->encoded = encoded;
    entry->owner = std::move(owner);
    const std::unique_lock lock(mutex_);
    entries_.insert_or_assign(id, std::move(entry));
    changes_.fetch_add(1, std::memory_order_release);
}

void SharedStore::put(std::uint64_t id, std::shared_ptr<const void> value) {
    auto entry = std::make_shared<Entry>();
    entry->ready.store(value.get(), std::memory_order_relaxed);
    entry->value = std::move(value);
    const std::unique_lock lock(mutex_);
    entries_.insert_or_assign(id, std::move(entry));
    changes_.fetch_add(1, std::memory_order_release);
}

void SharedStore::drop(std::uint64_t id) {
    std::shared_ptr<Entry> entry;  // destroyed outside the lock: it may be large
    const std::unique_lock lock(mutex_);
    const auto found = entries_.find(id);
    if (found == entries_.end()) return;
    entry = std::move(found->second);
    entries_.erase(found);
    changes_.fetch_add(1, std::memory_order_release);
}

const void* SharedStore::get(std::uint64_t id, std::shared_ptr<const void> (*decode)(std::span<const std::byte>)) {
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

    std::shared_ptr<Entry> entry;
    {
        const std::shared_lock lock(mutex_);
        const auto found = entries_.find(id);
        if (found == entries_.end() && inside_process()) return shared_value_of_rank(id, decode);
        if (found == entries_.end())
            throw UsageError(
                "a Shared value was used after pool.release(), after its pool's end, or in another program");
        entry = found->second;
    }
    if (entry->ready.load(std::memory_order_acquire) == nullptr) {
        const std::lock_guard lock(entry->decoding);
        if (entry->ready.load(std::memory_order_relaxed) == nullptr) {
            entry->value = decode(entry->encoded);
            entry->owner.reset();
            entry->encoded = {};
            entry->ready.store(entry->value.get(), std::memory_order_release);
        }
    }
    last = {id, changes, entry->ready.load(std::memory_order_relaxed)};
    return last.value;
}

}  // namespace hecaton::detail

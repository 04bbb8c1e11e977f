#include <algorithm>
#include <hecaton/pool/worker/chunk_queue.hpp>
#include <utility>

namespace hecaton::detail {

void ChunkQueue::push(std::vector<QueuedChunk>& chunks) {
    if (chunks.empty()) return;
    {
        const std::lock_guard lock(mutex_);
        std::move(chunks.begin(), chunks.end(), std::back_inserter(queue_));
    }
    chunks.clear();
}

bool ChunkQueue::empty() const {
    const std::lock_guard lock(mutex_);
    return queue_.empty();
}

bool ChunkQueue::take(QueuedChunk& run) {
    const std::lock_guard lock(mutex_);
    if (queue_.empty()) return false;
    run = std::move(queue_.front());
    queue_.pop_front();
    run_ = run.chunk;
    claimed_.store(0, std::memory_order_relaxed);
    return true;
}

// Only the working thread changes run_, so it may read it without the lock.
std::uint64_t ChunkQueue::claim() {
    const std::uint64_t before = claimed_.fetch_add(run_.size, std::memory_order_acq_rel);
    return before >= run_.count ? 0 : std::min(run_.size, run_.count - before);
}

std::uint64_t ChunkQueue::claim_rest() {
    const std::uint64_t before = claimed_.exchange(run_.count, std::memory_order_acq_rel);
    return before >= run_.count ? 0 : run_.count - before;
}

std::vector<scheduling::Chunk> ChunkQueue::take_back() {
    std::vector<scheduling::Chunk> chunks;
    const std::lock_guard lock(mutex_);
    const std::uint64_t claimed = claimed_.exchange(run_.count, std::memory_order_relaxed);
    if (claimed < run_.count) {
        chunks.push_back(run_);
        chunks.back().first += claimed;
        chunks.back().count -= claimed;
    }
    for (const QueuedChunk& queued : queue_) chunks.push_back(queued.chunk);
    queue_.clear();
    return chunks;
}

void ChunkQueue::drop_all() noexcept {
    const std::lock_guard lock(mutex_);
    claimed_.exchange(run_.count, std::memory_order_acq_rel);
    queue_.clear();
}

}  // namespace hecaton::detail

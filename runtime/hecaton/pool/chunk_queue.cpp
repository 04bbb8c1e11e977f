#include <algorithm>
#include <hecaton/pool/chunk_queue.hpp>
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

bool ChunkQueue::take(QueuedChunk& chunk) {
    // Only this thread changes the batch itself, so its size can be read without the lock.
    std::size_t claimed = next_.fetch_add(1, std::memory_order_acq_rel);
    if (claimed >= batch_.size()) {
        const std::lock_guard lock(mutex_);
        if (queue_.empty()) {
            next_.store(batch_.size(), std::memory_order_relaxed);
            return false;
        }
        batch_.clear();
        while (!queue_.empty() && batch_.size() < batch_size) {
            batch_.push_back(std::move(queue_.front()));
            queue_.pop_front();
        }
        next_.store(1, std::memory_order_release);
        claimed = 0;
    }
    chunk = std::move(batch_[claimed]);
    return true;
}

std::vector<wire::RunChunk> ChunkQueue::take_back() {
    std::vector<wire::RunChunk> chunks;
    const std::lock_guard lock(mutex_);
    for (std::size_t i = next_.exchange(batch_.size(), std::memory_order_acq_rel); i < batch_.size(); ++i)
        chunks.push_back(batch_[i].record);
    for (const QueuedChunk& chunk : queue_) chunks.push_back(chunk.record);
    queue_.clear();
    return chunks;
}

}  // namespace hecaton::detail

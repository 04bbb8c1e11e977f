#include <hecaton/pool/worker_output.hpp>
#include <utility>

namespace hecaton::detail {

void WorkerOutput::add_results(const wire::ChunkDone& results, std::span<const std::byte> errors,
                               std::span<const std::byte> times, std::span<const std::byte> values) {
    const std::lock_guard lock(mutex_);
    const bool plain = errors.empty() && times.empty();
    if (!plain || !extend_last(results, values)) {
        last_results_ = plain ? records_.size() : none;
        wire::append_record(records_, results);
        wire::append(records_, errors);
        wire::append(records_, times);
        wire::append(records_, values);
    }
    if (records_.size() >= wire::message_fill) close_message({});
}

void WorkerOutput::add_results(const wire::ChunkDone& results, std::span<const std::byte> errors,
                               std::span<const std::byte> times, Buffer&& values) {
    const auto kept = std::make_shared<Buffer>(std::move(values));
    const std::lock_guard lock(mutex_);
    wire::append_record(records_, results);
    wire::append(records_, errors);
    wire::append(records_, times);
    close_message({kept->data(), kept->size(), kept});
}

bool WorkerOutput::extend_last(const wire::ChunkDone& results, std::span<const std::byte> values) {
    if (last_results_ == none) return false;
    wire::ChunkDone last;
    std::memcpy(&last, records_.data() + last_results_, sizeof last);
    if (last.id != results.id || last.back != 0 || last.first + last.done != results.first) return false;
    records_.shrink_to(last_results_ + wire::aligned(sizeof last) + last.value_bytes);
    wire::append(records_, values);
    last.done += results.done;
    last.back = results.back;
    last.seconds += results.seconds;
    last.waited += results.waited;
    last.value_bytes += results.value_bytes;
    std::memcpy(records_.data() + last_results_, &last, sizeof last);
    return true;
}

void WorkerOutput::close_message(Bulk bulk) {
    full_.push_back({std::move(records_), std::move(bulk)});
    records_ = wire::new_head();
    last_results_ = none;
    collectable_.store(true, std::memory_order_release);
}

bool WorkerOutput::collect(Message& message) {
    if (!collectable_.load(std::memory_order_acquire)) return false;
    const std::lock_guard lock(mutex_);
    if (!full_.empty()) {
        message = std::move(full_.front());
        full_.pop_front();
        return true;
    }
    collectable_.store(false, std::memory_order_relaxed);
    if (records_.empty()) return false;
    message = Message{std::move(records_), {}};
    records_ = wire::new_head();
    last_results_ = none;
    return true;
}

bool WorkerOutput::release() {
    const std::lock_guard lock(mutex_);
    if (!records_.empty()) collectable_.store(true, std::memory_order_release);
    return collectable_.load(std::memory_order_relaxed);
}

}  // namespace hecaton::detail

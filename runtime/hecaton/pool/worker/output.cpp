#include <hecaton/pool/worker/output.hpp>
#include <utility>

namespace hecaton::detail {

void WorkerOutput::add_results(const wire::ChunkDone& results, std::span<const std::byte> errors,
                               std::span<const std::byte> times, std::span<const std::byte> values) {
    const std::lock_guard lock(mutex_);
    const bool plain = errors.empty() && times.empty();
    if (plain && extends_last(results)) {
        last_.done += results.done;
        last_.back = results.back;
        last_.seconds += results.seconds;
        last_.waited += results.waited;
        last_.value_bytes += results.value_bytes;
    } else {
        end_last();
        if (plain) {
            last_at_ = records_.size();
            last_ = results;
        }
        wire::append_record(records_, results);
        wire::append(records_, errors);
        wire::append(records_, times);
    }
    records_.append(values);
    if (!plain) wire::pad(records_);
    if (records_.size() >= wire::message_fill) close_message({});
}

void WorkerOutput::add_results(const wire::ChunkDone& results, std::span<const std::byte> errors,
                               std::span<const std::byte> times, Buffer&& values) {
    const auto kept = std::make_shared<Buffer>(std::move(values));
    const std::lock_guard lock(mutex_);
    end_last();
    wire::append_record(records_, results);
    wire::append(records_, errors);
    wire::append(records_, times);
    close_message({kept->data(), kept->size(), kept});
}

bool WorkerOutput::extends_last(const wire::ChunkDone& results) const {
    return last_at_ != none && last_.id == results.id && last_.back == 0 && last_.first + last_.done == results.first;
}

void WorkerOutput::end_last() {
    if (last_at_ == none) return;
    std::memcpy(records_.data() + last_at_, &last_, sizeof last_);
    wire::pad(records_);
    last_at_ = none;
}

void WorkerOutput::close_message(Bulk bulk) {
    end_last();
    full_.push_back({std::move(records_), std::move(bulk)});
    records_ = wire::new_head();
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
    end_last();
    message = Message{std::move(records_), {}};
    records_ = wire::new_head();
    return true;
}

bool WorkerOutput::release() {
    const std::lock_guard lock(mutex_);
    if (!records_.empty()) collectable_.store(true, std::memory_order_release);
    return collectable_.load(std::memory_order_relaxed);
}

}  // namespace hecaton::detail

#include <cstring>
#include <hecaton/pool/worker/output.hpp>
#include <new>
#include <utility>

namespace hecaton::detail {

namespace {

constexpr std::size_t longest_text = 1'000;  // of a failure: what else it says is short

// Asks for no memory where there is room for texts of that length.
void write_failure(Buffer& to, const ErrorRecord& why) {
    to.clear();
    wire::append_record(to, wire::WorkerFailed{.bytes = 0});
    const std::size_t begin = to.size();
    Writer writer(to);
    write(writer, why);
    const wire::WorkerFailed record{.bytes = to.size() - begin};
    wire::pad(to);
    std::memcpy(to.data(), &record, sizeof record);
}

}  // namespace

WorkerOutput::WorkerOutput() : records_(wire::new_head()) { failure_.reserve(4 * longest_text); }

void WorkerOutput::add_results(const wire::ChunkDone& results, std::span<const std::byte> errors,
                               std::span<const std::byte> times, std::span<const std::byte> values) {
    const std::lock_guard lock(mutex_);
    const bool plain = errors.empty() && times.empty();
    if (plain && extends_last(results)) {
        records_.append(values);
        last_.done += results.done;
        last_.back = results.back;
        last_.seconds += results.seconds;
        last_.computed += results.computed;
        last_.value_bytes += results.value_bytes;
    } else {
        end_last();
        Whole whole(records_);
        const std::size_t at = records_.size();
        wire::append_record(records_, results);
        wire::append(records_, errors);
        wire::append(records_, times);
        records_.append(values);
        if (!plain) wire::pad(records_);
        whole.keep();
        if (plain) {
            last_at_ = at;
            last_ = results;
        }
    }
    if (records_.size() >= wire::message_fill) close_message();
}

void WorkerOutput::add_results(const wire::ChunkDone& results, std::span<const std::byte> errors,
                               std::span<const std::byte> times, Buffer&& values) {
    auto kept = std::make_shared<Buffer>(std::move(values));
    std::list<Message> closed(1);
    Buffer next = wire::new_head();
    const std::lock_guard lock(mutex_);
    end_last();
    Whole whole(records_);
    wire::append_record(records_, results);
    wire::append(records_, errors);
    wire::append(records_, times);
    whole.keep();
    closed.front().head = std::exchange(records_, std::move(next));
    closed.front().bulk = {kept->data(), kept->size(), std::move(kept)};
    recorded_.attach_to(closed.front().head);
    full_.splice(full_.end(), closed);
    collectable_.store(true, std::memory_order_release);
}

void WorkerOutput::add_pieces(recording::PieceList& pieces) noexcept {
    const std::lock_guard lock(mutex_);
    recorded_.add(pieces);
    if (records_.size() + recorded_.size() >= wire::message_fill) close_message();
}

void WorkerOutput::add_usage() noexcept {
    const std::lock_guard lock(mutex_);
    recorded_.add_usage();
}

bool WorkerOutput::extends_last(const wire::ChunkDone& results) const {
    return last_at_ != none && last_.id == results.id && last_.back == 0 && last_.first + last_.done == results.first;
}

void WorkerOutput::end_last() {
    if (last_at_ == none) return;
    wire::pad(records_);
    std::memcpy(records_.data() + last_at_, &last_, sizeof last_);
    last_at_ = none;
}

// Where there is no memory for that, collect() gives it away as it is.
void WorkerOutput::close_message() noexcept {
    try {
        end_last();
        std::list<Message> closed(1);
        closed.front().head = take_records();
        recorded_.attach_to(closed.front().head);
        full_.splice(full_.end(), closed);
    } catch (const std::bad_alloc&) {  // see above
    }
    collectable_.store(true, std::memory_order_release);
}

// With room for the next ones, if there is memory for it.
Buffer WorkerOutput::take_records() noexcept {
    Buffer next;
    try {
        next = wire::new_head();
    } catch (const std::bad_alloc&) {  // the next ones make room for themselves
    }
    return std::exchange(records_, std::move(next));
}

void WorkerOutput::fail(const ErrorRecord& why) noexcept {
    const std::lock_guard lock(mutex_);
    if (std::exchange(failed_, true)) return;
    try {
        why_ = why;
    } catch (const std::bad_alloc&) {
        why_.kind = why.kind;
        why_.rank = why.rank;
    }
    if (why_.text.size() > longest_text) why_.text.resize(longest_text);
    if (why_.type_name.size() > longest_text) why_.type_name.resize(longest_text);
    try {
        write_failure(failure_, why_);
    } catch (const std::bad_alloc&) {  // collect() tries again
        failure_.clear();
    }
    failure_waits_ = true;
    collectable_.store(true, std::memory_order_release);
}

void WorkerOutput::fail_again() noexcept {
    const std::lock_guard lock(mutex_);
    if (!failed_) return;
    failure_waits_ = true;
    collectable_.store(true, std::memory_order_release);
}

bool WorkerOutput::collect(Message& message) {
    if (!collectable_.load(std::memory_order_acquire)) return false;
    const std::lock_guard lock(mutex_);
    if (failure_waits_) {
        if (failure_.empty()) write_failure(failure_, why_);
        message = Message{std::exchange(failure_, Buffer()), {}};
        failure_waits_ = false;
        return true;
    }
    if (!full_.empty()) {
        message = std::move(full_.front());
        full_.pop_front();
        return true;
    }
    end_last();
    collectable_.store(false, std::memory_order_relaxed);
    if (records_.empty() && recorded_.empty()) return false;
    message = Message{take_records(), {}};
    recorded_.attach_to(message.head);
    return !message.head.empty();
}

bool WorkerOutput::release() {
    const std::lock_guard lock(mutex_);
    if (!records_.empty() || !recorded_.empty()) collectable_.store(true, std::memory_order_release);
    return collectable_.load(std::memory_order_relaxed);
}

}  // namespace hecaton::detail

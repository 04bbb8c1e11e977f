// WorkerOutput: a worker's records to its root that were not collected yet.
#pragma once

#include <atomic>
#include <deque>
#include <hecaton/pool/worker/wire.hpp>
#include <hecaton/transport/endpoint.hpp>
#include <mutex>
#include <span>

namespace hecaton::detail {

/// All functions may be called on any thread.
class WorkerOutput {
  public:
    WorkerOutput() : records_(wire::new_head()) {}

    template <class Record>
    void add(const Record& record, std::span<const std::byte> bytes = {}) {
        const std::lock_guard lock(mutex_);
        end_last();
        wire::append_record(records_, record);
        if (!bytes.empty()) wire::append(records_, bytes);
    }
    /// The results of a chunk, or of one chunk of a run. Consecutive chunks of a run share a record as long as it is
    /// not collected.
    void add_results(const wire::ChunkDone& results, std::span<const std::byte> errors,
                     std::span<const std::byte> times, std::span<const std::byte> values);
    /// The same with values that are sent from where they lie; `results.bulk` is set.
    void add_results(const wire::ChunkDone& results, std::span<const std::byte> errors,
                     std::span<const std::byte> times, Buffer&& values);

    /// Takes out the next message; false when there is nothing, or too little to be worth it yet.
    bool collect(Message& message);
    /// Makes collect() give what there is, however little. Returns whether there is any.
    bool release();

  private:
    static constexpr std::size_t none = ~std::size_t{0};

    bool extends_last(const wire::ChunkDone& results) const;
    void end_last();
    void close_message(Bulk bulk);

    std::atomic<bool> collectable_{false};  // read without the lock
    std::mutex mutex_;
    Buffer records_;
    // The results at the end of records_ to which more can be added: where their record is (`none`: there are none),
    // and what is to be written there in the end.
    std::size_t last_at_ = none;
    wire::ChunkDone last_{};
    std::deque<Message> full_;  // messages before records_
};

}  // namespace hecaton::detail

// WorkerOutput: a worker's records to its root that were not collected yet.
#pragma once

#include <atomic>
#include <hecaton/pool/worker/recorded_output.hpp>
#include <hecaton/pool/worker/wire.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <hecaton/transport/endpoint.hpp>
#include <list>
#include <mutex>
#include <span>

namespace hecaton::detail {

/// All functions may be called on any thread. One that throws, for want of memory, has added nothing.
class WorkerOutput {
  public:
    WorkerOutput();

    template <class Record>
    void add(const Record& record, std::span<const std::byte> bytes = {}) {
        const std::lock_guard lock(mutex_);
        end_last();
        Whole whole(records_);
        wire::append_record(records_, record);
        if (!bytes.empty()) wire::append(records_, bytes);
        whole.keep();
    }
    /// The results of a chunk, or of one chunk of a run. Consecutive chunks of a run share a record as long as it is
    /// not collected.
    void add_results(const wire::ChunkDone& results, std::span<const std::byte> errors,
                     std::span<const std::byte> times, std::span<const std::byte> values);
    /// The same with values that are sent from where they lie; `results.bulk` is set.
    void add_results(const wire::ChunkDone& results, std::span<const std::byte> errors,
                     std::span<const std::byte> times, Buffer&& values);

    /// Items that were run, for the recording: they leave with what was added before, or soon. Leaves none in the list.
    void add_pieces(recording::PieceList& pieces) noexcept;
    /// The recording gets what the process has used by then.
    void add_usage() noexcept;

    /// The worker can go on no longer: collect() says so next. Takes no memory. Only the first reason counts.
    void fail(const ErrorRecord& why) noexcept;
    /// What fail() gave to collect() may not have been sent: once more.
    void fail_again() noexcept;

    /// Takes out the next message; false when there is nothing, or too little to be worth it yet. When it throws,
    /// nothing was taken.
    bool collect(Message& message);
    /// Makes collect() give what there is, however little. Returns whether there is any.
    bool release();

  private:
    // Records of which none is to stay by half.
    class Whole {
      public:
        explicit Whole(Buffer& records) : records_(records), before_(records.size()) {}
        ~Whole() {
            if (!kept_) records_.shrink_to(before_);
        }
        Whole(const Whole&) = delete;
        Whole& operator=(const Whole&) = delete;
        void keep() noexcept { kept_ = true; }

      private:
        Buffer& records_;
        const std::size_t before_;
        bool kept_ = false;
    };

    static constexpr std::size_t none = ~std::size_t{0};

    bool extends_last(const wire::ChunkDone& results) const;
    void end_last();
    void close_message() noexcept;
    Buffer take_records() noexcept;

    std::atomic<bool> collectable_{false};  // read without the lock
    std::mutex mutex_;
    Buffer records_;
    RecordedOutput recorded_;
    // The results at the end of records_ to which more can be added: where their record is (`none`: there are none),
    // and what is to be written there in the end.
    std::size_t last_at_ = none;
    wire::ChunkDone last_{};
    std::list<Message> full_;  // messages before records_
    Buffer failure_;           // of WorkerFailed, with the memory for it
    bool failed_ = false;
    bool failure_waits_ = false;  // to be collected
    ErrorRecord why_;
};

}  // namespace hecaton::detail

// Job: one call of map, apply or their kin on the root, as the driver sees it, whatever its types.
//
// It gives items as bytes, takes results as bytes, and is completed once; whoever waits for it waits here.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <hecaton/foundation/buffer.hpp>
#include <hecaton/foundation/deadline.hpp>
#include <hecaton/foundation/index_range.hpp>
#include <hecaton/pool/calls/signature.hpp>
#include <hecaton/pool/options.hpp>
#include <hecaton/pool/report.hpp>
#include <hecaton/tasks/error_record.hpp>
#include <hecaton/tasks/runner.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace hecaton::detail::scheduling {
class CostOrder;
}

namespace hecaton::detail::recording {
class RecordedCall;
struct PoolRanks;
}  // namespace hecaton::detail::recording

namespace hecaton::detail {

/// What a worker sends back for the items [first, first + done).
struct ChunkResults {
    std::uint64_t first = 0;
    std::uint64_t done = 0;
    std::span<const std::byte> values;
    std::span<const std::byte> errors;
    std::span<const std::byte> times;
    int rank = 0;
    std::uint32_t attempt = 1;
    double seconds = 0;     ///< of computing, for all of them
    std::string_view host;  ///< of results of an earlier run; empty: the host of `rank`
};

struct ItemSegment;
class JournaledCall;

class Job {
  public:
    Job(std::uint32_t task, std::uint64_t items, MapOptions options);
    virtual ~Job();
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;

    // ---- for the driver, on whichever thread drives ----
    std::uint32_t task() const noexcept { return task_; }
    std::uint64_t items() const noexcept { return items_; }
    const MapOptions& options() const noexcept { return options_; }
    /// How its items run in sandboxes; empty: they do not.
    const std::optional<ItemIsolation>& isolation() const noexcept { return isolation_; }
    const Buffer& closure() const noexcept { return closure_; }
    bool with_times() const noexcept { return with_times_; }
    std::uint64_t block() const noexcept { return block_; }
    /// Bytes of an item's arguments or of its result, whichever is more; a guess where they differ from item to item.
    std::size_t item_bytes() const noexcept { return item_bytes_; }
    /// It begins with an open input: more items than items() may come, see Driver::extend.
    bool open() const noexcept { return open_; }
    /// Of an open job: how many items its input has, as far as that was known before it was submitted; else 0.
    std::uint64_t expected_items() const noexcept { return expected_items_; }
    void expect(std::uint64_t items) noexcept { expected_items_ = items; }
    /// Seconds that an item takes by what is known of others; 0: nothing is. Before it is submitted.
    double expected_cost() const noexcept { return expected_cost_; }
    void expect_cost(double seconds) noexcept { expected_cost_ = seconds; }
    /// Its result has a place for the error of each item.
    bool errors_are_results() const noexcept { return errors_are_results_; }
    /// The driver's number for it; 0 before it has begun.
    std::uint64_t id() const noexcept { return id_; }
    void begin_as(std::uint64_t id) noexcept { id_ = id; }

    /// "map", for the recording. `kind` is kept as it is.
    void set_kind(const char* kind) noexcept { kind_ = kind; }
    const char* kind() const noexcept { return kind_; }
    /// It is in the recording from now on, and has begun at that time of the recording. Errors that it has already are
    /// noted if they are those of items that its caller has run. Before it is submitted, or when it begins.
    void record(const std::shared_ptr<const recording::PoolRanks>& ranks, std::int64_t begun);
    /// Null while it is not.
    const std::shared_ptr<const recording::RecordedCall>& recorded() const noexcept { return recorded_; }
    /// Errors of a call that is not in the recording, while something is recorded.
    const std::vector<ErrorRecord>& unrecorded_errors() const noexcept { return unrecorded_errors_; }

    const Signature& signature() const noexcept { return signature_; }
    /// Its finished results go to a journal, and those that are there already have been accepted. Before it is
    /// submitted.
    void keep_in(std::shared_ptr<JournaledCall> journaled) { journaled_ = std::move(journaled); }
    /// Null where there is no journal.
    JournaledCall* journaled() const noexcept { return journaled_.get(); }
    // ---- a call that may end early: see MapOptions::on_error and keep_on_interrupt ----
    /// Then nobody but the job and its caller has a hand in the memory of its items and results: they are copied.
    bool may_end_early() const noexcept { return options_.on_error == OnError::stop || options_.keep_on_interrupt; }
    /// Items that have failed so far.
    std::uint64_t failed() const noexcept { return failed_; }
    /// The error of the lowest index among theirs.
    const ErrorRecord& first_error() const noexcept { return first_error_; }
    /// With OnError::stop, once items have failed: the first of those that are not wanted any more.
    virtual std::uint64_t end_after_errors() const noexcept { return 0; }
    /// Some of its items will have no result; `why` is their error. `throws`: it is the call's, too, unless errors are
    /// its results.
    void end_early(ErrorRecord why, bool throws) {
        early_end_ = std::move(why);
        throws_early_end_ = throws && !errors_are_results_;
    }
    /// What end_early() said; null before. Afterwards by any thread once the job is complete.
    const ErrorRecord* early_end() const noexcept { return early_end_ ? &*early_end_ : nullptr; }
    /// After end_early(): those items have no result.
    virtual void leave_out(std::uint64_t /*first*/, std::uint64_t /*count*/) {}

    /// Items whose results it had before it was submitted, by rising index.
    std::span<const IndexRange> done_before() const noexcept { return done_before_; }
    void set_done_before(std::vector<IndexRange> items) { done_before_ = std::move(items); }

    // ---- a call whose first items are run by the thread that calls: see BlockingCalls ----
    /// Items [0, count) are run by it, perhaps still. Before the job is submitted.
    void leave_to_caller(std::uint64_t count) {
        done_before_ = {{.first = 0, .count = count}};
        callers_items_ = count;
    }
    std::uint64_t callers_items() const noexcept { return callers_items_; }
    /// How long the root's own worker has computed for it. Before it is complete.
    void note_root_seconds(double seconds) noexcept { root_seconds_ = seconds; }
    /// Once it is complete: counts what the caller has done, of which `part` has the times and the call's wall time.
    /// `error` is the call's, unless it has one.
    void add_callers_part(const Report& part, std::exception_ptr error);

    /// Asks MapOptions::cost, if it is set, about every item of a call with several. On the thread that calls: throws
    /// what the callable throws, and UsageError for what is no cost and for an open input.
    void ask_costs(int workers);
    /// What came of it; null: items go out by index.
    const std::shared_ptr<const scheduling::CostOrder>& order() const noexcept { return order_; }

    /// Of an open job: the items that follow those that it has.
    virtual void add_items(ItemSegment&& /*items*/) {}
    /// Of an open job: somebody else has the results of those items.
    virtual void pass_over(std::uint64_t /*first*/, std::uint64_t /*count*/) {}
    /// Nothing more will be read of an open job's input, although it has not ended.
    virtual void cut_input() {}

    /// The bytes of those items where they lie, for inputs that are an array of records; empty for others.
    virtual std::span<const std::byte> items_in_place(std::uint64_t first, std::uint64_t count) const = 0;
    virtual void append_items(std::uint64_t first, std::uint64_t count, Buffer& to) const = 0;
    /// Where an array of results for those items goes; empty for results that accept() has to take one by one.
    virtual std::span<std::byte> results_in_place(std::uint64_t first, std::uint64_t count) = 0;
    /// Takes results; those that are in place already come with empty `values`. Never throws for an item: DecodeError
    /// is for an array of another length than theirs.
    virtual void accept(const ChunkResults& results) = 0;
    /// Those items will have no results; `why` is filled in with each one's index.
    virtual void give_up(std::uint64_t first, std::uint64_t count, ErrorRecord why) = 0;

    /// No item will be asked for again: their memory is free to go, although somebody may hold the job for its result.
    virtual void release_items() = 0;

    /// All items are reported, or none will be: wakes those who wait, then calls back. `error`, of the pool or of this
    /// call, replaces the result where there is one. What a callback throws is said in one line.
    void complete(Report&& report, bool cancelled, std::exception_ptr error) noexcept;

    // ---- for whoever waits ----
    bool ready() const;
    /// False when it was not ready in time.
    bool wait_until(Deadline deadline);
    /// Calls `fn` once, when the job is complete; at once when it is.
    void on_complete(std::function<void()> fn);
    /// After completion. Throws the error that complete() got, TaskCancelled, or that of the item with the lowest
    /// index.
    void throw_error() const;
    bool successful() const;
    Report report() const;

  protected:
    /// Notes an item's error; the one with the lowest index is what the call throws.
    void add_error(const ErrorRecord& record);

    Buffer closure_;
    Signature signature_;
    bool with_times_ = false;
    std::uint64_t block_ = 1;
    std::size_t item_bytes_ = 64;
    /// Item errors are values of the result instead (map_outcomes).
    bool errors_are_results_ = false;
    bool open_ = false;

  private:
    void note_error(const ErrorRecord& record) noexcept;
    void note_end(const Report& report, bool cut) const noexcept;

    const std::uint32_t task_;
    const std::uint64_t items_;
    std::uint64_t id_ = 0;
    std::uint64_t expected_items_ = 0;
    double expected_cost_ = 0;
    std::uint64_t callers_items_ = 0;
    double root_seconds_ = 0;
    const MapOptions options_;
    const std::optional<ItemIsolation> isolation_;
    std::shared_ptr<const scheduling::CostOrder> order_;
    std::shared_ptr<JournaledCall> journaled_;
    std::vector<IndexRange> done_before_;

    std::uint64_t failed_ = 0;
    ErrorRecord first_error_;
    std::optional<ErrorRecord> early_end_;
    bool throws_early_end_ = false;

    const char* kind_ = "map";
    std::shared_ptr<const recording::RecordedCall> recorded_;
    std::vector<ErrorRecord> unrecorded_errors_;

    friend class CancelList;
    std::shared_ptr<Job> next_cancelled_;
    bool on_cancel_list_ = false;

    struct Completion;  // not here: every program that includes hecaton would compile <mutex> and its kin
    const std::unique_ptr<Completion> completion_;
};

/// Copies an array of results to its place. Throws DecodeError when it is longer or shorter.
void copy_results(std::span<std::byte> place, std::span<const std::byte> values);

/// Reads the error list of a chunk in step with its items, which both come by rising index.
class ErrorList {
  public:
    explicit ErrorList(std::span<const std::byte> errors) : reader_(errors) { advance(); }
    /// The error of item `index`, or null; to be asked by rising index.
    const ErrorRecord* at(std::uint64_t index) {
        while (valid_ && record_.index < index) advance();
        return valid_ && record_.index == index ? &record_ : nullptr;
    }
    bool empty() const noexcept { return !valid_; }

  private:
    void advance() {
        Reader behind = reader_;  // where memory runs out, the record is still there for the next call
        const bool more = behind.remaining() > 0;
        if (more) record_ = read_error_record(behind);
        reader_ = behind;
        valid_ = more;
    }
    Reader reader_;
    ErrorRecord record_;
    bool valid_ = false;
};

}  // namespace hecaton::detail

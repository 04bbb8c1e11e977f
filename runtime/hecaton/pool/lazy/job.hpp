// LazyJob: an imap as the driver sees it. Its items come in segments while it runs; its results are kept as bytes until
// the thread that iterates takes them.
#pragma once

#include <atomic>
#include <hecaton/pool/calls/job.hpp>
#include <hecaton/pool/lazy/items.hpp>
#include <mutex>

namespace hecaton::detail {

/// In front of the results of a chunk in what LazyJob::take_arrivals() gives: followed by its errors, times and values,
/// each at a multiple of wire::alignment.
struct ArrivedChunk {
    std::uint64_t first;
    std::uint64_t done;
    std::uint64_t error_bytes;
    std::uint64_t time_bytes;
    std::uint64_t value_bytes;
    std::int32_t rank;
    std::uint32_t attempt;
    double seconds;
    std::uint32_t lost;  ///< 1: never run; the one error is that of each item
    std::uint32_t host;  ///< of results of an earlier run: which of LazyRestored::hosts, from 1; 0: that of `rank`
};

/// For results as they come from a worker.
ArrivedChunk header_of(const ChunkResults& results) noexcept;

/// Appends a chunk's results in that form; all of it, or nothing when it throws.
void append_arrived(Buffer& to, const ArrivedChunk& chunk, const ChunkResults& results);

class LazyJob final : public Job {
  public:
    /// `ordered`: its results are wanted in input order.
    LazyJob(std::uint32_t task, Buffer closure, Signature signature, bool with_times, MapOptions options,
            bool ordered = true);

    // ---- for the driver, on whichever thread drives ----
    void add_items(ItemSegment&& items) override {
        const std::uint64_t count = items.count;
        items_.add(std::move(items));
        taken_.fetch_add(count);
    }
    void pass_over(std::uint64_t first, std::uint64_t count) override {
        released_bytes_.fetch_add(items_.release(first, count), std::memory_order_relaxed);
    }
    void cut_input() override { input_cut_.store(true); }
    std::span<const std::byte> items_in_place(std::uint64_t first, std::uint64_t count) const override {
        return items_.in_place(first, count);
    }
    void append_items(std::uint64_t first, std::uint64_t count, Buffer& to) const override {
        items_.append(first, count, to);
    }
    std::span<std::byte> results_in_place(std::uint64_t, std::uint64_t) override { return {}; }
    void accept(const ChunkResults& results) override;
    void give_up(std::uint64_t first, std::uint64_t count, ErrorRecord why) override;
    /// The items before an error are still to be yielded.
    std::uint64_t end_after_errors() const noexcept override { return ordered_ ? first_error().index + 1 : 0; }
    void leave_out(std::uint64_t first, std::uint64_t count) override { arrived_lost(first, count, *early_end()); }
    void release_items() override { items_.clear(); }

    // ---- for the thread that iterates ----
    bool input_cut() const noexcept { return input_cut_.load(); }
    /// Bytes of items that are no longer held.
    std::uint64_t released_bytes() const noexcept { return released_bytes_.load(std::memory_order_relaxed); }
    /// Items that the driver has got so far.
    std::uint64_t taken() const noexcept { return taken_.load(); }
    /// Once it is complete and has ended early: items that the driver has not got, in the form of arrivals.
    Buffer left_out(std::uint64_t first, std::uint64_t count) const;
    bool has_arrivals() const noexcept { return has_arrivals_.load(std::memory_order_acquire); }
    /// Takes out what has arrived since the last time.
    Buffer take_arrivals();

  private:
    void arrived(const ArrivedChunk& chunk, const ChunkResults& results);
    void arrived_lost(std::uint64_t first, std::uint64_t count, ErrorRecord why);

    const bool ordered_;
    LazyItems items_;
    std::atomic<std::uint64_t> taken_{0};
    std::atomic<std::uint64_t> released_bytes_{0};
    std::atomic<bool> input_cut_{false};

    std::atomic<bool> has_arrivals_{false};
    std::mutex arrivals_mutex_;
    Buffer arrivals_;
};

}  // namespace hecaton::detail

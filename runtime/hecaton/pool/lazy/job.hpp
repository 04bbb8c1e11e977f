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
    std::uint64_t lost;  ///< 1: never run; the one error is that of each item
};

class LazyJob final : public Job {
  public:
    LazyJob(std::uint32_t task, Buffer closure, bool with_times, MapOptions options);

    // ---- for the driver, on whichever thread drives ----
    void add_items(ItemSegment&& items) override { items_.add(std::move(items)); }
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
    void release_items() override { items_.clear(); }

    // ---- for the thread that iterates ----
    bool input_cut() const noexcept { return input_cut_.load(); }
    /// Bytes of items that are no longer held.
    std::uint64_t released_bytes() const noexcept { return released_bytes_.load(std::memory_order_relaxed); }
    bool has_arrivals() const noexcept { return has_arrivals_.load(std::memory_order_acquire); }
    /// Takes out what has arrived since the last time.
    Buffer take_arrivals();

  private:
    void arrived(const ArrivedChunk& chunk, const ChunkResults& results);

    LazyItems items_;
    std::atomic<std::uint64_t> released_bytes_{0};
    std::atomic<bool> input_cut_{false};

    std::atomic<bool> has_arrivals_{false};
    std::mutex arrivals_mutex_;
    Buffer arrivals_;
};

}  // namespace hecaton::detail

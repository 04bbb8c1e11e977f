// LazyResults: the results of an imap that have arrived and are not yet yielded, in the order in which they are to be.
#pragma once

#include <deque>
#include <hecaton/pool/lazy/job.hpp>
#include <vector>

namespace hecaton::detail {

/// The results of one chunk.
struct ResultBlock {
    ChunkResults results;
    bool lost = false;
    std::uint32_t host = 0;  ///< see ArrivedChunk
};

/// Belongs to the thread that iterates.
class LazyResults {
  public:
    explicit LazyResults(bool ordered) : ordered_(ordered) {}

    /// Room for what LazyJob::take_arrivals() gives. It is made first, which may throw: `room() = job.take_arrivals()`
    /// loses nothing.
    Buffer& room() { return batches_.emplace_back().bytes; }
    /// Moves to the next block, which frees the one before; false when it has not arrived.
    bool next(ResultBlock& block);
    /// In input order: goes on at the first item that has arrived, past those that have not. False when there is none.
    bool skip_gap();

    /// Items in the blocks that next() has given, and those that skip_gap() has passed.
    std::uint64_t passed() const noexcept { return passed_; }
    /// Items of which next() has seen results, whether it was their turn or not.
    std::uint64_t arrived() const noexcept { return arrived_; }
    /// Mean size of a result, about, and computing time of an item; 0 before the first.
    double bytes_per_item() const noexcept { return seen_ > 0 ? seen_bytes_ / seen_ : 0; }
    double seconds_per_item() const noexcept { return seen_ > 0 ? seen_seconds_ / seen_ : 0; }

  private:
    // What arrived together. Freed when all its chunks are yielded.
    struct Batch {
        Buffer bytes;
        std::size_t parsed = 0;  // what lies before this has been yielded, or noted in waiting_
        std::size_t waiting = 0;
    };
    // A chunk that arrived before its turn.
    struct Waiting {
        std::uint64_t first;
        std::uint64_t batch;  // its number, from 0
        std::size_t at;
        bool operator<(const Waiting& other) const noexcept { return first > other.first; }  // the heap's top is least
    };
    bool read_ahead(ResultBlock& block);
    void give(Batch& batch, std::size_t at, ResultBlock& block);
    void note(const ArrivedChunk& chunk, std::size_t bytes);
    void free_current();

    const bool ordered_;
    std::deque<Batch> batches_;
    std::uint64_t freed_ = 0;     // batches before those in batches_
    std::uint64_t unparsed_ = 0;  // the number of the first batch that has not been parsed whole
    std::uint64_t current_ = no_batch;
    std::vector<Waiting> waiting_;  // a heap
    std::uint64_t passed_ = 0;
    std::uint64_t arrived_ = 0;
    double seen_ = 0;  // items; these three fade
    double seen_bytes_ = 0;
    double seen_seconds_ = 0;
    static constexpr std::uint64_t no_batch = ~std::uint64_t{0};
};

}  // namespace hecaton::detail

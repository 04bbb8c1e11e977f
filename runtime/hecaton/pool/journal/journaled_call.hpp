// JournaledCall: a call whose finished results are kept in a journal: what the journal has of it, and what is added.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <hecaton/foundation/index_range.hpp>
#include <hecaton/journal/journal.hpp>
#include <hecaton/pool/calls/job.hpp>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace hecaton::detail {

class JournaledCall {
  public:
    struct Setup {
        std::shared_ptr<journal::Journal> journal;
        journal::CallNumber call = 0;
        const Signature* signature = nullptr;  ///< the job's
        std::uint64_t block = 1;               ///< items that have one result, except for the last ones
        bool with_times = false;
        bool keep_errors = false;                               ///< items that failed are not run again
        std::shared_ptr<const std::vector<std::string>> hosts;  ///< names by rank
    };
    using Accept = std::function<void(const ChunkResults&)>;

    explicit JournaledCall(Setup setup) : setup_(std::move(setup)) {}

    /// Items [first, first + count), which follow those of the call before, have these contents: one for each item, or
    /// for each block. Gives `accept` the results that the journal has, by rising index, and returns which items have
    /// one. On the thread that calls or iterates. Throws JournalError where the journal cannot be read, and what
    /// `accept` throws.
    std::vector<IndexRange> restore(std::uint64_t first, std::uint64_t count, std::vector<journal::Digest> contents,
                                    const Accept& accept);
    /// Notes results that came from a worker; an array of results that is in place is in `in_place`. On the thread that
    /// drives.
    void add(const ChunkResults& results, std::span<const std::byte> in_place) noexcept;

  private:
    // The contents of items that are under way.
    struct Contents {
        std::uint64_t first = 0;  // item
        std::uint64_t count = 0;  // items
        std::uint64_t left = 0;   // of them that have no result yet
        std::vector<journal::Digest> digests;
    };
    void give(const journal::Entry& entry, std::uint64_t count, const Accept& accept);
    journal::Digest content(std::uint64_t item);
    void forget(std::uint64_t first, std::uint64_t count);
    void note(const ChunkResults& results, std::span<const std::byte> in_place);
    std::uint64_t units(std::uint64_t items) const { return (items + setup_.block - 1) / setup_.block; }

    const Setup setup_;
    Buffer value_;  // of a result, for restore()
    std::mutex mutex_;
    std::deque<Contents> contents_;  // by rising index
    std::uint64_t known_ = 0;        // items
};

}  // namespace hecaton::detail

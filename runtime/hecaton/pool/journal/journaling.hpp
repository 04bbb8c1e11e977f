// How a call gets its journal: what it is known by, what its items are known by, and what the journal has of it.
#pragma once

#include <cstdint>
#include <hecaton/pool/calls/segment.hpp>
#include <hecaton/pool/journal/journaled_call.hpp>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace hecaton::detail {

/// What a call's results depend on besides the call itself.
struct CallSurroundings {
    const char* kind = "";   ///< "map"
    std::uint64_t seed = 0;  ///< the pool's
    std::uint64_t pool = 0;  ///< the number of the pool, which its shared values' numbers begin with
    std::shared_ptr<const std::vector<std::string>> hosts;  ///< names by rank
};

/// The contents of shared values in place of their numbers, which differ from run to run.
class SharedContents {
  public:
    explicit SharedContents(const CallSurroundings& around) : pool_(around.pool) {}

    /// Adds the bytes and the contents of the shared values whose handles are in them. Changes the bytes.
    void add(journal::Hasher& hasher, Buffer& bytes);
    /// Of an item.
    journal::Digest content(Buffer& bytes);

  private:
    bool is_shared(const Buffer& bytes, std::size_t at, std::uint64_t& number) const;

    std::uint64_t pool_;
    std::unordered_map<std::uint64_t, journal::Digest> known_;
};

/// Where the job's options or the environment name a journal: makes it keep the job's results. Null where there is
/// none. Throws JournalError, and UsageError for a setting that cannot be.
std::shared_ptr<JournaledCall> begin_journal(Job& job, const CallSurroundings& around, SharedContents& shared);

/// The same of a job that knows its items; it has the results that the journal has when this returns.
void restore_job(Job& job, const CallSurroundings& around);

/// The contents of the items of a segment.
std::vector<journal::Digest> contents_of(const ItemSegment& segment, SharedContents& shared);

}  // namespace hecaton::detail

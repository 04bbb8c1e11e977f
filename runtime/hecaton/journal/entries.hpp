// Entries: the rows of the table of results and failures, each with a checksum of all that is in it.
#pragma once

#include <functional>
#include <hecaton/journal/journal.hpp>
#include <hecaton/journal/sqlite.hpp>

namespace hecaton::detail::journal {

/// How many items of a call have a result, and how many have failed.
struct Tally {
    std::uint64_t done = 0;
    std::uint64_t failed = 0;
};

/// A row, as it was read.
struct Row {
    CallNumber call = 0;
    std::int64_t program = 0;  ///< that computed it
    bool whole = true;         ///< it matches its checksum
    Entry entry;
};

class Entries {
  public:
    explicit Entries(Database& database);

    /// Puts the entry into the table, in the place of one with the same call, index and item, and into the tally.
    void put(CallNumber call, const Entry& entry, std::int64_t program, Tally& tally);
    /// Gives `use` the rows of [first, first + count), by rising index.
    void find(CallNumber call, std::uint64_t first, std::uint64_t count, const std::function<void(const Row&)>& use);
    Tally tally(CallNumber call);
    bool any(CallNumber call);

  private:
    std::int64_t put_large(std::span<const std::byte> value);
    void remove_old(CallNumber call, const Entry& entry, Tally& tally);
    Row read(Statement& found, Statement& large);

    Database& database_;
    Statement insert_;
    Statement replace_;
    Statement old_;
    Statement find_;
    Statement tally_;
    Statement any_;
    Statement insert_large_;
    Statement find_large_;
    Statement remove_large_;
};

}  // namespace hecaton::detail::journal

// Journal: the finished results of a program's calls, in a file, so that the program that is started again computes the
// rest only. Of one process at a time, the root of a pool; nobody else opens the file meanwhile. In a copy of that
// process, made by fork(), all calls do nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <hecaton/foundation/buffer.hpp>
#include <hecaton/journal/digest.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace hecaton::detail::journal {

/// What finished results survive.
enum class Durability : std::uint8_t {
    process,  ///< the death of the process
    power,    ///< and that of the machine: each commit waits for the disk
};

struct Options {
    std::filesystem::path path;
    bool accept_program = false;  ///< results of another build of the program count
    Durability durability = Durability::process;
    std::string build;    ///< the program's build id, in hexadecimal digits
    std::string program;  ///< the file it was started from
    /// "TEXT NUMBER": starts that the launcher makes one after the other, each when it has seen the end of the one
    /// before, have the same text and rising numbers. A lock file that an earlier one has left on another host is taken
    /// over. Empty: of no other start.
    std::string run;
    bool assume_network = false;  ///< the file is treated as one on a network file system; for tests
};

/// A call, as the program that is started again makes it again.
struct Call {
    std::string name;          ///< MapOptions::name
    std::uint64_t number = 0;  ///< so many calls of that name came before
    std::string kind;          ///< "map", "map_reduce" ...
    std::string version;       ///< MapOptions::version; not empty: results of other builds count
    Digest content;            ///< of all else that decides what an item's result is, but for the build
    std::string place;         ///< where the functions lie in the program: the same of builds with the same id
};
using CallNumber = std::int64_t;  ///< in the file

/// An item's result, or its failure.
struct Entry {
    std::uint64_t index = 0;           ///< of the item; of the first one of a block
    std::uint64_t count = 1;           ///< items of the block
    Digest item;                       ///< of the item's, or the block's, content
    std::span<const std::byte> value;  ///< the result's bytes; of a failure an error record
    bool failed = false;
    std::string_view error;  ///< of a failure: its type and text, to be shown
    std::int32_t rank = 0;
    std::string_view host;
    std::uint32_t attempts = 1;
    double started = 0;   ///< seconds since 1970; 0: not known
    double duration = 0;  ///< seconds
};

/// Entries on their way to the file.
class Batch {
  public:
    /// Copies all of the entry. One of more than 900 MB is said and not kept. Throws std::bad_alloc.
    void add(CallNumber call, const Entry& entry);
    bool empty() const noexcept { return bytes_.empty(); }
    std::size_t count() const noexcept { return count_; }

    /// Gives `use` each of them.
    void each(const std::function<void(CallNumber, const Entry&)>& use) const;
    std::size_t size() const noexcept { return bytes_.size(); }  ///< in bytes

  private:
    Buffer bytes_;
    std::size_t count_ = 0;
};

class Journal {
  public:
    /// Opens the file, or makes it. Throws JournalError with one line for what is no journal, or is a newer version's,
    /// is damaged, cannot be written, or is held by another process, whom the line names.
    static std::shared_ptr<Journal> open(const Options& options);
    /// Commits what is there, and lets go of the file.
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    const std::filesystem::path& path() const noexcept;

    // Any thread may call these, also several at once. begin() and find() may wait for a commit that is under way,
    // add() while 256 MB wait for a slow disk, and flush() for its commit.

    /// The number of the call in the file; 0, of a call without entries, where there is a problem(). Throws
    /// JournalError where the file has results of the same call by another build of the program, which may not be taken
    /// (see Options::accept_program, Call::version): what differs, and the three ways on.
    CallNumber begin(const Call& call);
    /// Gives `use` what the file has of [first, first + count), by rising index; of one index there may be several, of
    /// different content. What it is given is gone when it returns, and lies at any address, not an aligned one; it
    /// must not call the journal. Entries that were added and not committed yet may be missing. Those that do not match
    /// their checksum are left out, which is said once. Throws JournalError where the file cannot be read.
    void find(CallNumber call, std::uint64_t first, std::uint64_t count, const std::function<void(const Entry&)>& use);
    /// So many items has the call, as far as is known.
    void items(CallNumber call, std::uint64_t known);
    /// Takes the entries, which are committed half a second later at most. One with the same call, index and content as
    /// another takes its place.
    void add(Batch&& batch) noexcept;
    /// Waits until all that was added is committed. False where it cannot be, see problem().
    bool flush();

    /// Why the file takes no more results; empty as long as it does. That is said once, on standard error, when it
    /// happens.
    std::string problem() const;

  private:
    struct State;
    explicit Journal(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace hecaton::detail::journal

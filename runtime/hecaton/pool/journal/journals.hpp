// The journals that this process has open, and which calls of the program they have seen.
#pragma once

#include <cstdint>
#include <hecaton/journal/journal.hpp>
#include <hecaton/pool/options.hpp>
#include <memory>
#include <string>

namespace hecaton::detail {

/// A journal, and how often each name of a call has come by in this process.
class OpenJournal {
  public:
    explicit OpenJournal(std::shared_ptr<journal::Journal> file);
    ~OpenJournal();

    const std::shared_ptr<journal::Journal>& file() const noexcept { return file_; }
    /// So many calls of that name came before. Any thread.
    std::uint64_t count(const std::string& name);
    bool keep_errors() const noexcept { return keep_errors_; }

  private:
    struct Names;
    const std::shared_ptr<journal::Journal> file_;
    const std::unique_ptr<Names> names_;
    const bool keep_errors_;
};

/// The journal of a call with these options, which stays open until the process ends, since another pool may go on with
/// it; null where there is none. Throws what Journal::open() does. Any thread.
bool journal_is_wanted(const MapOptions& options);
std::shared_ptr<OpenJournal> journal_of(const MapOptions& options);
/// Waits until all results that came are in their files. False where a journal has taken no more results.
bool flush_journals() noexcept;
/// Closes all of them, as the end of the process would: calls are counted from the first again.
void close_journals();

}  // namespace hecaton::detail

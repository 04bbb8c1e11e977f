// Holder: the file FILE-holder, by which one process at a time has a journal.
//
// It is made in one step with what it says, and so does another process take it over from one that is gone. SQLite's
// own locks come second: they do not hold on every network file system.
#pragma once

#include <hecaton/foundation/descriptor.hpp>
#include <hecaton/journal/owner.hpp>
#include <hecaton/journal/place.hpp>
#include <string>

namespace hecaton::detail::journal {

class Holder {
  public:
    /// Throws JournalError where another process holds the journal, or may hold it: the line names it, and the file.
    Holder(const Place& place, const std::string& run);
    /// Removes the file, where it is still ours.
    ~Holder();
    Holder(const Holder&) = delete;
    Holder& operator=(const Holder&) = delete;

    /// Whether locks of the system work where the file lies.
    bool locks_work() const noexcept { return locks_work_; }
    /// False where somebody has removed the file, or put another one there.
    bool is_ours() const noexcept;

  private:
    bool make();
    bool take_over(bool patient);
    void keep(Descriptor file);

    const std::filesystem::path file_;
    const std::string name_;  // of the journal, for messages
    const Owner self_;
    Descriptor ours_;
    Identity identity_;
    bool locks_work_ = true;
};

/// Who holds the journal according to its lock file; with pid 0 where there is no such file.
Owner owner_of(const Place& place);

}  // namespace hecaton::detail::journal

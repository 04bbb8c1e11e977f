// Archive: a journal that no program has open at the moment.
#pragma once

#include <hecaton/journal/calls.hpp>
#include <hecaton/journal/entries.hpp>
#include <hecaton/journal/file.hpp>
#include <hecaton/journal/holder.hpp>
#include <optional>
#include <string>
#include <vector>

namespace hecaton::launcher {

/// A row of the table of calls.
struct CallRow {
    detail::journal::CallNumber id = 0;
    std::string name;
    std::uint64_t number = 0;
    std::string kind;
    std::string version;
    std::uint64_t items = 0;
    std::int64_t program = 0;
    double begun = 0;
};

class Archive {
  public:
    enum class Use { read, change };
    /// Holds the journal; where its folder can only be read, and so only to read it, without that. Throws JournalError.
    /// What is read is not changed, not even put in order.
    Archive(const detail::journal::Place& place, Use use);
    ~Archive();
    Archive(const Archive&) = delete;
    Archive& operator=(const Archive&) = delete;

    const detail::journal::Place& place() const { return place_; }
    detail::journal::Database& database() { return database_; }
    detail::journal::Entries& entries() { return *entries_; }
    detail::journal::Calls& calls() { return *calls_; }

    /// The calls; with a text only those of that name, or the one with that id. Throws Refusal where there is none.
    std::vector<CallRow> all_calls(const std::string& chosen = {});

  private:
    const detail::journal::Place place_;
    const Use use_;
    std::unique_ptr<detail::journal::Holder> holder_;
    detail::journal::Database database_;
    std::unique_ptr<detail::journal::Entries> entries_;
    std::unique_ptr<detail::journal::Calls> calls_;
};

/// The journal's place; throws JournalError where there is none.
detail::journal::Place place_of_journal(const std::string& file);

/// Its name as messages have it: "sweep", or (unnamed), and behind it how many of that name came before.
std::string title(const std::string& name, std::uint64_t number);

}  // namespace hecaton::launcher

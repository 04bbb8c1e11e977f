// Opens the SQLite file of a journal, which is held: see holder.hpp.
#pragma once

#include <hecaton/journal/journal.hpp>
#include <hecaton/journal/place.hpp>
#include <hecaton/journal/sqlite.hpp>

namespace hecaton::detail::journal {

/// What kind of file system a journal lies on.
enum class Storage : std::uint8_t {
    local,    ///< of this machine: SQLite has a write-ahead log
    network,  ///< NFS, Lustre, GPFS and so on: a rollback journal, because the log's shared memory does not work there
};
/// Of the folder. What is not known to be local counts as a network.
Storage storage_of(const std::filesystem::path& folder);

/// How SQLite is to treat the file.
struct FileMode {
    Storage storage = Storage::local;
    Durability durability = Durability::process;
    bool locks = true;  ///< see Holder::locks_work()
};

/// The file, made where there is none: it is whole from the first moment on. One that is there is checked, as far as
/// that does not take long. Throws JournalError.
Database open_file(const Place& place, const FileMode& mode);

/// Puts everything into the one file, and removes the log beside it where that is ours. Nothing is lost where that
/// fails.
void close_file(Database& database, bool log_is_ours) noexcept;

/// What an integrity check finds, "ok" where that is nothing. All of it, or what does not take long.
std::string check_file(Database& database, bool all);

}  // namespace hecaton::detail::journal

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <hecaton/foundation/descriptor.hpp>
#include <hecaton/journal/file.hpp>
#include <hecaton/journal/refusal.hpp>
#include <hecaton/journal/schema.hpp>

namespace hecaton::detail::journal {

namespace {

// Of linux/magic.h, and of the file systems themselves.
constexpr std::array<std::uint32_t, 13> local_types{
    0xEF53,      // ext2, ext3, ext4
    0x58465342,  // XFS
    0x9123683E,  // Btrfs
    0x01021994,  // tmpfs
    0x858458F6,  // ramfs
    0x2FC12FC1,  // ZFS
    0xF2F52010,  // F2FS
    0xCA451A4E,  // bcachefs
    0x794C7630,  // overlay: of containers
    0x4D44,      // FAT
    0x2011BAB0,  // exFAT
    0x3153464A,  // JFS
    0x52654973,  // ReiserFS
};

// A larger file is not read whole at its opening; SQLite and the rows' checksums find damage when it is read.
constexpr std::uintmax_t largest_checked = std::uintmax_t{1} << 30U;

// Made under another name, so that no kill leaves half a file. The permissions of an empty file stay.
void make_file(const Place& place, const FileMode& mode) {
    const std::string draft = place.beside("-hecaton-new").string();
    for (const char* rest : {"", "-journal"}) std::remove((draft + rest).c_str());
    {
        Database database(draft, Database::Mode::create, mode.locks);
        database.run("PRAGMA page_size = 16384");
        create_tables(database);
    }
    struct stat old {};
    if (::stat(place.file.c_str(), &old) == 0) ::chmod(draft.c_str(), old.st_mode & 07777U);
    if (std::rename(draft.c_str(), place.file.c_str()) != 0)
        refuse(place.name, fmt::format("cannot be made ({})", std::strerror(errno)));
    const Descriptor folder(::open(place.file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder) ::fsync(folder.get());  // so that the name outlives the machine too
}

// Of a file that is damaged nothing is changed, also not by what waits in the log beside it.
void check(const Place& place, Database& database) {
    database.keep_log(true);
    if (database.read_only())
        refuse(place.name, "may be read only; look at the rights of the file, or name another file");
    std::error_code error;
    const auto size = std::filesystem::file_size(place.file, error);
    const std::string found = error || size > largest_checked ? "ok" : check_file(database, false);
    if (found != "ok") refuse(place.name, fmt::format("is damaged ({}){}", found, when_damaged));
    database.keep_log(false);
}

void set_up(Database& database, const FileMode& mode) {
    database.run(mode.storage == Storage::local ? "PRAGMA journal_mode = WAL" : "PRAGMA journal_mode = TRUNCATE");
    database.run(mode.durability == Durability::power ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    database.run("PRAGMA cache_size = -32000");  // KiB
    database.run("BEGIN EXCLUSIVE; COMMIT");     // finds out whether another process has it
}

}  // namespace

Storage storage_of(const std::filesystem::path& folder) {
    struct statfs facts {};
    if (::statfs(folder.c_str(), &facts) != 0) return Storage::network;
    const auto type = static_cast<std::uint32_t>(facts.f_type);
    return std::find(local_types.begin(), local_types.end(), type) != local_types.end() ? Storage::local
                                                                                        : Storage::network;
}

Database open_file(const Place& place, const FileMode& mode) try {
    if (place.is_new)
        make_file(place, mode);
    else
        check_header(place);
    Database database(place.file.string(), Database::Mode::write, mode.locks);
    // Before the first access: SQLite then needs no shared memory for its log, and holds its lock until the end.
    database.run("PRAGMA locking_mode = EXCLUSIVE");
    if (!place.is_new) check(place, database);
    set_up(database, mode);
    return database;
} catch (const SqliteError& error) {
    refuse(place.name, explain(error.code(), error.what()));
}

std::string check_file(Database& database, bool all) {
    return one_line(database.text_of(all ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)"));
}

void close_file(Database& database, bool log_is_ours) noexcept try {
    if (database.in_transaction()) database.run("ROLLBACK");
    database.keep_log(!log_is_ours);
    database.run(log_is_ours ? "PRAGMA journal_mode = DELETE" : "PRAGMA wal_checkpoint");
    database.close();
} catch (const SqliteError&) {
    database.close();
}

}  // namespace hecaton::detail::journal

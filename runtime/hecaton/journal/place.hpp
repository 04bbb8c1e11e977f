// Place: where a journal's file lies, and what can be said of it before SQLite looks at it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace hecaton::detail::journal {

struct Place {
    std::string name;            ///< as the user wrote it
    std::filesystem::path file;  ///< without links, from the root
    bool is_new = false;         ///< there is no file, or an empty one

    /// A file beside it: "-wal", "-journal", "-holder", "-progress".
    std::filesystem::path beside(const char* suffix) const { return file.string() + suffix; }
};

/// Throws JournalError for a folder, a device, a file with several names, a path in a folder that is not there.
Place find_place(const std::filesystem::path& path);

/// Looks at the first bytes: throws JournalError for what is not a journal, is a newer version's, or is torn. The
/// process does not have the file open otherwise: to close any descriptor of it drops all locks.
void check_header(const Place& place);

/// Tells a file from another one that has taken its place.
struct Identity {
    dev_t device = 0;
    ino_t inode = 0;
    friend bool operator==(const Identity&, const Identity&) = default;
};
/// {0, 0} where there is none.
Identity identity_of(const std::filesystem::path& file) noexcept;

}  // namespace hecaton::detail::journal

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <hecaton/journal/refusal.hpp>

namespace hecaton::detail::journal {

std::string explain(int code, std::string_view text) {
    switch (code) {
        case SQLITE_FULL:
            return "the disk is full, or a quota is used up; make room there";
        case SQLITE_IOERR:
            return fmt::format("the disk has failed ({}); look at its space, your quota, and limits of a file's size",
                               text);
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return fmt::format("is damaged ({}){}", text, when_damaged);
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_PROTOCOL:
            return "another process has it open; wait for its end, or name another file";
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_CANTOPEN:
            return fmt::format("cannot be written ({}); look at the rights of the file and of its folder", text);
        default:
            return fmt::format("SQLite says: {}", text);
    }
}

std::string one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

}  // namespace hecaton::detail::journal

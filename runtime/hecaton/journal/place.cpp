#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <hecaton/foundation/descriptor.hpp>
#include <hecaton/foundation/log.hpp>
#include <hecaton/journal/place.hpp>
#include <hecaton/journal/refusal.hpp>
#include <hecaton/journal/schema.hpp>

namespace hecaton::detail::journal {

namespace {

namespace fs = std::filesystem;

// SQLite's file header: https://www.sqlite.org/fileformat.html
constexpr std::size_t header_size = 100;
constexpr std::size_t page_size_at = 16;
constexpr std::size_t write_version_at = 18;
constexpr unsigned char with_log = 2;
constexpr std::size_t user_version_at = 60;
constexpr std::size_t application_id_at = 68;
using Header = std::array<unsigned char, header_size>;

std::uint32_t number_at(const Header& header, std::size_t at) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) number = number << 8U | header[at + i];
    return number;
}

bool has_bytes(const fs::path& file) {
    struct stat facts {};
    return ::stat(file.c_str(), &facts) == 0 && facts.st_size > 0;
}

}  // namespace

Place find_place(const fs::path& path) {
    const std::string name = path.string();
    if (path.empty()) throw JournalError("the journal has an empty name; name a file");
    std::error_code error;
    Place place{name, fs::canonical(path, error), false};
    if (error && error != std::errc::no_such_file_or_directory) refuse(name, error.message());
    if (error) {
        if (fs::is_symlink(fs::symlink_status(path, error)))
            refuse(name, "is a link to a file that is not there; make it a link to a file, or name another file");
        if (path.filename().empty()) refuse(name, "names a folder that is not there; name a file");
        const fs::path folder = path.parent_path().empty() ? fs::path(".") : path.parent_path();
        const fs::path parent = fs::canonical(folder, error);
        if (error)
            refuse(name, fmt::format("the folder {} is not there; make it, or name a file elsewhere", folder.string()));
        place.file = parent / path.filename();
    }
    struct stat facts {};
    place.is_new = ::stat(place.file.c_str(), &facts) != 0 || facts.st_size == 0;
    if (facts.st_mode != 0 && S_ISDIR(facts.st_mode)) refuse(name, "is a folder; name a file");
    if (facts.st_mode != 0 && !S_ISREG(facts.st_mode)) refuse(name, "is no regular file; name another one");
    if (facts.st_nlink > 1)
        refuse(name,
               "the file has several names (hard links), and is safe under one only; remove the other names, "
               "or make a copy of it");
    if (place.is_new && has_bytes(place.beside("-wal")))
        refuse(name,
               fmt::format("is empty or not there, but {}-wal beside it is a part of a journal; put the file back, "
                           "or name another one",
                           name));
    return place;
}

void check_header(const Place& place) {
    const Descriptor file(::open(place.file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file)
        refuse(place.name, fmt::format("cannot be read ({}); look at the rights of the file", std::strerror(errno)));
    Header header{};
    const ssize_t got = ::pread(file.get(), header.data(), header.size(), 0);
    if (got < 0) refuse(place.name, fmt::format("cannot be read ({})", std::strerror(errno)));
    struct stat facts {};
    ::fstat(file.get(), &facts);
    static constexpr std::string_view magic("SQLite format 3\0", 16);
    const auto begin = std::string_view(reinterpret_cast<const char*>(header.data()), static_cast<std::size_t>(got));
    if (begin.find_first_not_of('\0') == std::string_view::npos)
        refuse(place.name, fmt::format("is damaged: it begins with zeros{}", when_damaged));
    if (begin.substr(0, magic.size()) != magic.substr(0, begin.size()))
        refuse(place.name, "is no journal, but a file of another kind; name another file");
    if (begin.size() < header.size()) refuse(place.name, fmt::format("is damaged: it is cut off{}", when_damaged));
    if (number_at(header, application_id_at) != application_id)
        refuse(place.name, "is no journal, but a SQLite database of another program; name another file");
    if (number_at(header, user_version_at) > format_version)
        refuse(place.name, fmt::format("was written by a newer version of hecaton (format {}, and this one knows {}); "
                                       "use that version, or name another file",
                                       number_at(header, user_version_at), format_version));
    // The log, or the copies of pages that a transaction has changed, may make it whole again.
    const auto page_size = number_at(header, page_size_at) >> 16U;
    const bool alone = !has_bytes(place.beside("-wal")) && !has_bytes(place.beside("-journal"));
    if (alone && page_size > 1 && facts.st_size % page_size != 0)
        refuse(place.name, fmt::format("is damaged: it is cut off{}", when_damaged));
    if (header[write_version_at] == with_log && !fs::exists(place.beside("-wal")))
        log::line(
            fmt::format("{}: {}-wal, a part of it, is not there; what was kept last may be missing, and is computed "
                        "again",
                        place.name, place.name));
}

Identity identity_of(const fs::path& file) noexcept {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0) return {};
    return {facts.st_dev, facts.st_ino};
}

}  // namespace hecaton::detail::journal

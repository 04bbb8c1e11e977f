// What is no journal, or cannot be written, is refused in one line that says what to do; what the journal loses while
// it is open is said in one line, and the calls go on.
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <hecaton/foundation/descriptor.hpp>
#include <hecaton/journal/file.hpp>
#include <hecaton/journal/progress_file.hpp>
#include <support/catch.hpp>
#include <support/events.hpp>
#include <support/journal.hpp>
#include <support/skip.hpp>

using namespace hecaton::test;
using journal::Journal;

namespace {

void make_journal(const std::filesystem::path& path) {
    const auto file = Journal::open(journal_options(path));
    add_results(*file, file->begin(journal_call("sweep")), 0, 100);
}

// Refused with these words in one line, and nothing was changed.
void check_refused(const Folder& folder, const std::string& name, const std::string& words) {
    const auto path = folder / name;
    const bool regular = std::filesystem::is_regular_file(path);
    const std::string before = regular ? content_of(path) : "";
    const auto names = folder.names();
    const std::string text = refusal(journal_options(path));
    CHECK_THAT(text, ContainsSubstring(path.string() + ": "));
    CHECK_THAT(text, ContainsSubstring(words));
    CHECK(text.find('\n') == std::string::npos);
    CHECK(folder.names() == names);
    if (regular) CHECK(content_of(path) == before);
}

}  // namespace

TEST_CASE("an empty file becomes a journal, and keeps its permissions") {
    const Folder folder;
    write_file(folder / "j.db", "");
    ::chmod((folder / "j.db").c_str(), 0600);
    make_journal(folder / "j.db");
    struct stat facts {};
    ::stat((folder / "j.db").c_str(), &facts);
    CHECK((facts.st_mode & 07777U) == 0600U);
    CHECK(facts.st_size > 0);
}

TEST_CASE("a link to a journal is the journal") {
    const Folder folder;
    std::filesystem::create_directory(folder / "far");
    make_journal(folder / "far/j.db");
    std::filesystem::create_symlink("far/j.db", folder / "link.db");
    const auto file = Journal::open(journal_options(folder / "link.db"));
    CHECK(results(*file, file->begin(journal_call("sweep"))).size() == 100);
    CHECK(std::filesystem::exists(folder / "far/j.db-holder"));
}

TEST_CASE("a relative path stays that of the folder that it was named in") {
    const Folder folder;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    auto file = Journal::open(journal_options("j.db"));
    std::filesystem::current_path(before);
    add_results(*file, file->begin(journal_call("sweep")), 0, 3);
    CHECK(file->flush());
    file.reset();
    CHECK(folder.names() == std::vector<std::string>{"j.db"});
}

TEST_CASE("what is no journal is refused and left alone") {
    const Folder folder;
    std::filesystem::create_directory(folder / "folder");
    check_refused(folder, "folder", "is a folder; name a file");
    check_refused(folder, "none/j.db", "the folder " + (folder / "none").string() + " is not there");
    check_refused(folder, "none/", "names a folder that is not there");
    write_file(folder / "file", "x");
    check_refused(folder, "file/j.db", "Not a directory");
    write_file(folder / "text", std::string(5'000, 'a'));
    check_refused(folder, "text", "is no journal, but a file of another kind");
    write_file(folder / "short", "SQLite for");
    check_refused(folder, "short", "is damaged: it is cut off");
    write_file(folder / "zeros", std::string(5'000, '\0'));
    check_refused(folder, "zeros", "is damaged: it begins with zeros");
    std::filesystem::create_symlink("nowhere", folder / "dangling");
    check_refused(folder, "dangling", "is a link to a file that is not there");
    ::mkfifo((folder / "pipe").c_str(), 0600);
    check_refused(folder, "pipe", "is no regular file");
    make_journal(folder / "linked");
    std::filesystem::create_hard_link(folder / "linked", folder / "linked too");
    check_refused(folder, "linked", "the file has several names");
    CHECK_THAT(refusal(journal_options("")), ContainsSubstring("empty name"));
}

TEST_CASE("a database of another program, and the journal of a newer hecaton, are refused") {
    const Folder folder;
    make_journal(folder / "j.db");
    std::string content = content_of(folder / "j.db");
    content[68] = 'X';
    write_file(folder / "foreign", content);
    check_refused(folder, "foreign", "a SQLite database of another program");
    content = content_of(folder / "j.db");
    content[63] = 7;
    write_file(folder / "newer", content);
    check_refused(folder, "newer", "a newer version of hecaton (format 7, and this one knows 1)");
}

TEST_CASE("a file or a folder that cannot be written is refused") {
    const Folder folder;
    make_journal(folder / "j.db");
    if (::geteuid() != 0) {
        std::filesystem::permissions(folder / "j.db", std::filesystem::perms::owner_read);
        check_refused(folder, "j.db", "read only");
        std::filesystem::permissions(folder.path(),
                                     std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
        check_refused(folder, "j.db", "cannot make a file in");
        std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
    }
    check_refused(folder, "../../proc/j.db", "cannot make a file in");
}

TEST_CASE("where the system has no locks that work, the lock file does") {
    const Folder folder;
    for (int start = 0; start < 2; ++start) {
        const auto place = journal::find_place(folder / "j.db");
        auto database = journal::open_file(place, {journal::Storage::network, journal::Durability::process, false});
        database.run("INSERT INTO programs(build, path, date) VALUES(" + std::to_string(start) + ", '', 0)");
        journal::close_file(database, true);
    }
    CHECK(journal::Database((folder / "j.db").string(), journal::Database::Mode::read, true)
              .number_of("SELECT count(*) FROM programs") == 2);
}

TEST_CASE("what else lies in the folder stays, however it is called") {
    const Folder folder;
    write_file(folder / "j.db-new", "mine");
    make_journal(folder / "j.db");
    CHECK(content_of(folder / "j.db-new") == "mine");
}

TEST_CASE("a part of a journal whose file is gone is not taken for nothing") {
    const Folder folder;
    write_file(folder / "j.db-wal", "something");
    check_refused(folder, "j.db", "j.db-wal beside it is a part of a journal");
}

TEST_CASE("a journal that is moved or removed while it is open takes no more, and says so") {
    const Folder folder;
    auto options = journal_options(folder / "j.db");
    options.assume_network = GENERATE(false, true);
    auto file = Journal::open(options);
    const auto call = file->begin(journal_call("sweep"));
    add_results(*file, call, 0, 10);
    REQUIRE(file->flush());
    SECTION("moved") { std::filesystem::rename(folder / "j.db", folder / "moved.db"); }
    SECTION("removed") { std::filesystem::remove(folder / "j.db"); }
    SECTION("replaced") {
        std::filesystem::rename(folder / "j.db", folder / "moved.db");
        write_file(folder / "j.db", "other");
    }
    SECTION("the lock file removed") { std::filesystem::remove(folder / "j.db-holder"); }
    SECTION("the log removed") {
        if (!std::filesystem::remove(folder / "j.db-wal")) return;  // there is none on a network file system
    }
    add_results(*file, call, 10, 10);
    CHECK(!file->flush());
    CHECK_THAT(file->problem(), ContainsSubstring("while it was in use"));
    const auto progress = [&] {
        return journal::read_progress(folder / "j.db-progress").value_or(journal::Progress{});
    };
    wait_until([&] { return !progress().problem.empty(); });
    CHECK(progress().problem == file->problem());
    CHECK(progress().calls.at(0).done == 10);
    add_results(*file, call, 20, 10);
    CHECK(!file->flush());
    CHECK(file->begin(journal_call("next")) == 0);
    CHECK(results(*file, call).size() == 10);
    file.reset();
    if (std::filesystem::exists(folder / "moved.db")) {  // what it had is there, in one file
        const auto moved = Journal::open(journal_options(folder / "moved.db"));
        CHECK(results(*moved, moved->begin(journal_call("sweep"))).size() == 10);
    }
    if (std::filesystem::exists(folder / "j.db") && content_of(folder / "j.db") != "other") {
        const auto kept = Journal::open(journal_options(folder / "j.db"));
        CHECK(results(*kept, kept->begin(journal_call("sweep"))).size() == 10);
    }
}

namespace {

// Adds results until the file takes no more. True where it said so, and what was confirmed before is there afterwards.
bool goes_on_without(const std::filesystem::path& path, bool network) {
    auto options = journal_options(path);
    options.assume_network = network;
    std::uint64_t confirmed = 0;
    {
        const auto file = Journal::open(options);
        const auto call = file->begin(journal_call("sweep"));
        for (std::uint64_t i = 0; i < 1'000; ++i) {
            add_results(*file, call, i * 500, 500);
            if (file->flush())
                confirmed = (i + 1) * 500;
            else
                break;
        }
        if (file->problem().empty() || confirmed == 0) return false;
        file->begin(journal_call("next"));
    }
    return confirmed > 0 && [&] {
        std::filesystem::remove(path.string() + "-filler");
        const auto file = Journal::open(options);
        const auto found = results(*file, file->begin(journal_call("sweep")));
        for (const auto& [index, value] : found)
            if (value != result_of(index)) return false;
        return found.size() == confirmed;
    }();
}

}  // namespace

TEST_CASE("a full disk costs the results that did not fit, and nothing else") {
    if (::geteuid() != 0) return skip("a disk that is full needs root");
    const Folder folder;
    if (::mount("none", folder.path().c_str(), "tmpfs", 0, "size=3m") != 0) return skip("no tmpfs can be mounted here");
    const bool network = GENERATE(false, true);
    write_file(folder / "j.db-filler", std::string(500'000, 'f'));  // room for the second opening
    CHECK(goes_on_without(folder / "j.db", network));
    ::umount2(folder.path().c_str(), MNT_DETACH);
}

TEST_CASE("a file that may not grow costs the results that did not fit, and no signal") {
    const Folder folder;
    const bool network = GENERATE(false, true);
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit limit{2'000'000, RLIM_INFINITY};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        ::_exit(goes_on_without(folder / "j.db", network) ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

// Torn writes, byte by byte: the last pages of a journal's files are cut, filled with zeros from each byte on, or have
// a wrong byte at each place. What is whole counts, or one line says why not; a wrong result never comes out of it.
//
// The journal has small pages, so that all its last ones are gone through in seconds; test_journal_damage.cpp looks at
// pages of the usual size in steps.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <hecaton/journal/file.hpp>
#include <set>
#include <support/catch.hpp>
#include <support/journal.hpp>
#include <support/sanitizer.hpp>

using namespace hecaton::test;
using journal::Journal;

namespace {

constexpr std::uint64_t commits = 4;
constexpr std::uint64_t in_a_commit = 4;
constexpr std::uint64_t everything = commits * in_a_commit;
constexpr std::size_t step = sanitized ? 7 : 1;
constexpr std::size_t last_bytes = 2'600;  // five pages

// In a process that ends without closing anything, as after a kill.
template <class Work>
void in_a_killed_process(Work work) {
    const pid_t child = ::fork();
    if (child == 0) {
        work();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(status == 0);
}

void use_small_pages(const Folder& folder) {
    { const auto file = Journal::open(journal_options(folder / "j.db")); }
    const auto place = journal::find_place(folder / "j.db");
    auto database = journal::open_file(place, {journal::Storage::network, journal::Durability::process, true});
    database.run("PRAGMA journal_mode = DELETE; PRAGMA page_size = 512; VACUUM");
    journal::close_file(database, true);
}

void write_results(Journal& file, std::uint64_t first, std::uint64_t last) {
    const auto call = file.begin(journal_call("sweep"));
    for (std::uint64_t i = first; i < last; ++i) {
        add_results(file, call, i * in_a_commit, in_a_commit);
        if (!file.flush()) ::_exit(1);
    }
}

// A journal whose last commits are in the log beside it.
void make_with_log(const Folder& folder) {
    use_small_pages(folder);
    {
        const auto file = Journal::open(journal_options(folder / "j.db"));
        write_results(*file, 0, 1);
    }
    in_a_killed_process([&] {
        auto file = Journal::open(journal_options(folder / "j.db"));
        write_results(*file, 1, commits);
        ::_exit(0);
    });
}

void make_without_log(const Folder& folder) {
    use_small_pages(folder);
    const auto file = Journal::open(journal_options(folder / "j.db"));
    write_results(*file, 0, commits);
}

struct Found {
    std::string refused;  // what opening or reading said
    std::set<std::uint64_t> indices = {};
    bool wrong = false;  // one of the results is
    bool said = false;   // something was said on the way
    bool prefix() const {
        return indices.size() % in_a_commit == 0 && (indices.empty() || *indices.rbegin() == indices.size() - 1);
    }
};

// Standard error goes to a file meanwhile, to see whether something was said.
class Heard {
  public:
    Heard() : kept_(::dup(STDERR_FILENO)), file_(std::tmpfile()) { ::dup2(::fileno(file_), STDERR_FILENO); }
    ~Heard() {
        ::dup2(kept_, STDERR_FILENO);
        ::close(kept_);
        std::fclose(file_);
    }
    Heard(const Heard&) = delete;
    Heard& operator=(const Heard&) = delete;

    bool anything() {
        const off_t end = ::lseek(::fileno(file_), 0, SEEK_END);
        const bool more = end > seen_;
        seen_ = end;
        return more;
    }

  private:
    const int kept_;
    std::FILE* const file_;
    off_t seen_ = 0;
};

// Puts the files back as they were, changes one, and looks.
class Torn {
  public:
    Torn(const Folder& folder, const std::string& target) : folder_(folder), target_(target) {
        for (const char* gone : {"j.db-holder", "j.db-progress"}) std::filesystem::remove(folder / gone);
        for (const std::string& name : folder.names()) files_[name] = content_of(folder / name);
        whole_ = files_.at(target);
        REQUIRE(look(whole_).indices.size() == everything);
    }
    std::size_t size() const { return whole_.size(); }
    std::size_t begin() const { return whole_.size() - std::min(whole_.size(), last_bytes); }

    Found cut_at(std::size_t at) { return look(whole_.substr(0, at)); }
    Found zeros_from(std::size_t at) { return look(whole_.substr(0, at) + std::string(whole_.size() - at, '\0')); }
    Found wrong_byte(std::size_t at, int flipped) {
        std::string changed = whole_;
        changed[at] = static_cast<char>(changed[at] ^ flipped);
        return look(changed);
    }

  private:
    Found look(const std::string& changed) {
        for (const std::string& name : folder_.names()) std::filesystem::remove(folder_ / name);
        for (const auto& [name, content] : files_) write_file(folder_ / name, name == target_ ? changed : content);
        Found found;
        heard_.anything();
        try {
            const auto file = Journal::open(journal_options(folder_ / "j.db"));
            for (const auto& [index, value] : results(*file, file->begin(journal_call("sweep")))) {
                found.indices.insert(index);
                found.wrong = found.wrong || value != result_of(index);
            }
        } catch (const hecaton::JournalError& error) {
            found.refused = error.what();
        }
        found.said = heard_.anything() || !found.refused.empty();
        return found;
    }

    const Folder& folder_;
    const std::string target_;
    std::map<std::string, std::string> files_;
    std::string whole_;
    Heard heard_;
};

}  // namespace

TEST_CASE("a log that is cut, zero or wrong from any byte on has the commits before that") {
    const Folder folder(Folder::quick());
    make_with_log(folder);
    Torn log(folder, "j.db-wal");
    std::size_t states = 0;
    std::size_t last = 0;
    const auto look = [&](const char* what, std::size_t at, const Found& found) {
        INFO(what << " at " << at << " of " << log.size() << ": " << found.refused);
        REQUIRE(found.refused.empty());
        REQUIRE(!found.wrong);
        REQUIRE(found.prefix());
        return found.indices.size();
    };
    for (std::size_t at = log.begin(); at < log.size(); at += step) {
        const std::size_t count = look("cut", at, log.cut_at(at));
        REQUIRE(count >= last);  // a longer log has no less
        states += count > last ? 1 : 0;
        last = count;
        REQUIRE(look("zeros", at, log.zeros_from(at)) <= count + in_a_commit);
        look("a wrong byte", at, log.wrong_byte(at, 0xFF));
        look("a wrong bit", at, log.wrong_byte(at, 1 << at % 8));
    }
    CHECK(states >= 1);
}

TEST_CASE("a file that is cut at any byte of its last pages is refused") {
    const Folder folder(Folder::quick());
    make_without_log(folder);
    Torn file(folder, "j.db");
    for (std::size_t at = file.begin(); at < file.size(); at += step) {
        const Found found = file.cut_at(at);
        INFO("cut at " << at << " of " << file.size());
        REQUIRE(!found.refused.empty());
        REQUIRE(found.refused.find('\n') == std::string::npos);
    }
}

TEST_CASE("a file that is zero from any byte of its last pages on, or wrong there, has no wrong result") {
    const Folder folder(Folder::quick());
    make_without_log(folder);
    Torn file(folder, "j.db");
    std::size_t refused = 0;
    for (std::size_t at = file.begin(); at < file.size(); at += step) {
        INFO("at " << at << " of " << file.size());
        const Found zeros = file.zeros_from(at);
        REQUIRE(!zeros.wrong);
        REQUIRE((zeros.said || zeros.indices.size() == everything));  // results are not missing without a word
        refused += zeros.refused.empty() ? 0 : 1;
        // A single wrong bit in a key can hide results, which then are computed again.
        REQUIRE(!file.wrong_byte(at, 0xFF).wrong);
        REQUIRE(!file.wrong_byte(at, 1 << at % 8).wrong);
    }
    CHECK(refused > 0);
}

TEST_CASE("the copies of pages that a commit has left give no wrong result, whatever becomes of them") {
    const Folder folder(Folder::quick());
    make_without_log(folder);
    in_a_killed_process([&] {
        const auto place = journal::find_place(folder / "j.db");
        auto database = journal::open_file(place, {journal::Storage::network, journal::Durability::process, true});
        database.run("PRAGMA cache_size = 2; BEGIN; DELETE FROM entries WHERE idx % 3 = 0");
        ::_exit(0);
    });
    Torn copies(folder, "j.db-journal");
    for (std::size_t at = copies.begin(); at < copies.size(); at += 2 * step) {
        INFO("at " << at << " of " << copies.size());
        REQUIRE(!copies.cut_at(at).wrong);
        REQUIRE(!copies.zeros_from(at).wrong);
        REQUIRE(!copies.wrong_byte(at, 0xFF).wrong);
        REQUIRE(!copies.wrong_byte(at, 1 << at % 8).wrong);
    }
}

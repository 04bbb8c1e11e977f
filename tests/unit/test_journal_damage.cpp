// A journal that was cut, overwritten or copied in parts is refused in one line, or has exactly what was committed; a
// wrong result never comes out of it.
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <hecaton/journal/file.hpp>
#include <random>
#include <support/catch.hpp>
#include <support/journal.hpp>
#include <support/sanitizer.hpp>

using namespace hecaton::test;
using journal::Journal;

namespace {

constexpr std::uint64_t commits = 6;
constexpr std::uint64_t in_a_commit = 40;

// A journal with some commits, as it is found after a kill: with its log where there is one. Ended where `killed` is
// not set.
void make_journal(const std::filesystem::path& path, bool network, bool killed) {
    const pid_t child = ::fork();
    if (child == 0) {
        auto options = journal_options(path);
        options.assume_network = network;
        auto file = Journal::open(options);
        const auto call = file->begin(journal_call("sweep"));
        for (std::uint64_t i = 0; i < commits; ++i) {
            journal::Batch batch;
            for (std::uint64_t k = i * in_a_commit; k < (i + 1) * in_a_commit; ++k)
                add_result(batch, call, k, result_of(k));
            const std::string large(20'000, static_cast<char>('a' + i));
            add_result(batch, call, 1'000 + i, large);
            file->add(std::move(batch));
            if (!file->flush()) ::_exit(1);
        }
        if (!killed) file.reset();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(status == 0);
    std::filesystem::remove(path.string() + "-holder");
    std::filesystem::remove(path.string() + "-progress");
}

struct Found {
    std::string refused;      // what opening or reading said
    std::uint64_t count = 0;  // results
    bool wrong = false;       // one of them is
    bool prefix = true;       // they are those of the first commits
};

Found look(const std::filesystem::path& path) {
    Found found;
    try {
        const auto file = Journal::open(journal_options(path));
        const auto all = results(*file, file->begin(journal_call("sweep")));
        found.count = all.size();
        const std::uint64_t whole = found.count / (in_a_commit + 1);
        found.prefix = found.count == whole * (in_a_commit + 1);
        for (const auto& [index, value] : all) {
            const bool large = index >= 1'000;
            const std::string right =
                large ? std::string(20'000, static_cast<char>('a' + index - 1'000)) : result_of(index);
            found.wrong = found.wrong || value != right;
            found.prefix = found.prefix && (large ? index - 1'000 < whole : index < whole * in_a_commit);
        }
    } catch (const hecaton::JournalError& error) {
        found.refused = error.what();
    }
    return found;
}

// The process's standard error goes to nowhere meanwhile: thousands of openings may have something to say.
class Quiet {
  public:
    Quiet() : kept_(::dup(STDERR_FILENO)) { std::freopen("/dev/null", "w", stderr); }
    ~Quiet() {
        ::dup2(kept_, STDERR_FILENO);
        ::close(kept_);
    }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;

  private:
    const int kept_;
};

// Puts the files back as they were, changes one, and looks.
class Damaged {
  public:
    Damaged(const Folder& folder, const std::string& target) : folder_(folder), target_(target) {
        for (const std::string& name : folder.names()) files_[name] = content_of(folder / name);
    }
    const std::string& content() { return files_.at(target_); }
    Found with(const std::string& changed) {
        for (const std::string& name : folder_.names()) std::filesystem::remove(folder_ / name);
        for (const auto& [name, content] : files_) write_file(folder_ / name, name == target_ ? changed : content);
        return look(folder_ / "j.db");
    }

  private:
    const Folder& folder_;
    const std::string target_;
    std::map<std::string, std::string> files_;
};

constexpr std::uint64_t everything = commits * (in_a_commit + 1);

}  // namespace

TEST_CASE("the log, cut anywhere, leaves the first commits") {
    const Folder folder(Folder::quick());
    make_journal(folder / "j.db", false, true);
    const Quiet quiet;
    Damaged damaged(folder, "j.db-wal");
    const std::string whole = damaged.content();
    REQUIRE(damaged.with(whole).count == everything);
    std::size_t states = 0;
    std::uint64_t last = 0;
    const std::size_t step = sanitized ? 1'021 : 251;
    for (std::size_t size = 0; size <= whole.size();
         size += std::min(step, std::max<std::size_t>(whole.size() - size, 1))) {
        const Found found = damaged.with(whole.substr(0, size));
        INFO("cut to " << size << " of " << whole.size() << ": " << found.refused);
        REQUIRE(!found.wrong);
        REQUIRE((found.prefix || !found.refused.empty()));
        REQUIRE((found.count >= last || !found.refused.empty()));  // a longer log has no less
        if (found.count > last) ++states;
        last = std::max(last, found.count);
    }
    CHECK(last == everything);
    CHECK(states >= commits - 1);
}

TEST_CASE("the file, cut anywhere in its last pages, is refused") {
    const Folder folder(Folder::quick());
    const bool network = GENERATE(false, true);
    make_journal(folder / "j.db", network, false);
    const Quiet quiet;
    Damaged damaged(folder, "j.db");
    const std::string whole = damaged.content();
    REQUIRE(damaged.with(whole).count == everything);
    const std::size_t last_pages = std::min<std::size_t>(whole.size() - 1, 6 * 16'384);
    for (std::size_t cut = 1; cut <= last_pages; cut += sanitized ? 509 : 61) {
        const Found found = damaged.with(whole.substr(0, whole.size() - cut));
        INFO("without the last " << cut);
        REQUIRE(!found.refused.empty());
        REQUIRE(found.refused.find('\n') == std::string::npos);
    }
    for (const std::size_t size : {1U, 15U, 16U, 99U, 100U, 512U, 4'096U, 16'384U}) {
        INFO("cut to " << size);
        REQUIRE(!damaged.with(whole.substr(0, size)).refused.empty());
    }
}

TEST_CASE("zeros or other bytes anywhere in the file never give a wrong result") {
    const Folder folder(Folder::quick());
    make_journal(folder / "j.db", false, false);
    const Quiet quiet;
    Damaged damaged(folder, "j.db");
    const std::string whole = damaged.content();
    std::mt19937 random(17);
    std::size_t refused = 0;
    std::size_t fewer = 0;
    const int rounds = sanitized ? 60 : 600;
    for (int round = 0; round < rounds; ++round) {
        std::string changed = whole;
        const std::size_t size = std::size_t{1} << random() % 15;
        const std::size_t at = random() % (whole.size() - size);
        const bool zeros = round % 2 == 0;
        for (std::size_t i = at; i < at + size; ++i) changed[i] = zeros ? '\0' : static_cast<char>(random());
        const Found found = damaged.with(changed);
        INFO(size << (zeros ? " zeros" : " bytes") << " at " << at);
        REQUIRE(!found.wrong);
        if (!found.refused.empty())
            ++refused;
        else if (found.count < everything)
            ++fewer;
    }
    CHECK(refused > 0);
    CHECK(fewer > 0);
}

TEST_CASE("the log of another state of the journal, or of another one, never gives a wrong result") {
    const Folder made(Folder::quick());
    make_journal(made / "j.db", false, false);
    const std::string first = content_of(made / "j.db");
    make_journal(made / "j.db", false, true);  // once more, with a log
    make_journal(made / "other.db", false, true);
    const Quiet quiet;
    for (const std::string& log : {content_of(made / "j.db-wal"), content_of(made / "other.db-wal")})
        for (const std::string& file : {first, content_of(made / "j.db"), content_of(made / "other.db")}) {
            const Folder folder(Folder::quick());
            write_file(folder / "j.db", file);
            write_file(folder / "j.db-wal", log);
            REQUIRE(!look(folder / "j.db").wrong);
        }
}

// A commit on a network file system that was not finished: the pages as they were lie in FILE-journal.
TEST_CASE("the copies of pages that a commit has left, cut anywhere, never give a wrong result") {
    const Folder folder(Folder::quick());
    make_journal(folder / "j.db", true, false);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto place = journal::find_place(folder / "j.db");
        auto database = journal::open_file(place, {journal::Storage::network, journal::Durability::process, true});
        database.run("PRAGMA cache_size = 2; BEGIN; DELETE FROM entries WHERE idx % 3 = 0; DELETE FROM large_values");
        ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
    const Quiet quiet;
    Damaged damaged(folder, "j.db-journal");
    const std::string whole = damaged.content();
    REQUIRE(whole.size() > 16'384);
    const Found found = damaged.with(whole);
    REQUIRE(found.count == everything);
    REQUIRE((!found.wrong && found.prefix));
    for (std::size_t size = 0; size < whole.size(); size += sanitized ? 4'099 : 331) {
        INFO("cut to " << size << " of " << whole.size());
        REQUIRE(!damaged.with(whole.substr(0, size)).wrong);
    }
}

TEST_CASE("a result that does not match its checksum is left out, and the others count") {
    const Folder folder(Folder::quick());
    make_journal(folder / "j.db", false, false);
    std::string content = content_of(folder / "j.db");
    const std::size_t at = content.find(result_of(230));
    REQUIRE(at != std::string::npos);
    content[at] = 'R';
    write_file(folder / "j.db", content);
    const auto file = Journal::open(journal_options(folder / "j.db"));
    const auto call = file->begin(journal_call("sweep"));
    CHECK(results(*file, call).size() == everything - 1);
    add_results(*file, call, 230, 1);  // it is computed again
    REQUIRE(file->flush());
    CHECK(results(*file, call).size() == everything);
}

TEST_CASE("a damaged file is left as it is, with its log") {
    const Folder folder(Folder::quick());
    make_journal(folder / "j.db", false, false);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto file = Journal::open(journal_options(folder / "j.db"));
        add_results(*file, file->begin(journal_call("another")), 0, 1);
        ::_exit(file->flush() ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(status == 0);
    std::filesystem::remove(folder / "j.db-progress");
    std::string content = content_of(folder / "j.db");
    const std::string log = content_of(folder / "j.db-wal");
    REQUIRE(!log.empty());
    for (std::size_t i = content.size() - 40'000; i < content.size(); ++i) content[i] = '\0';  // of no page in the log
    write_file(folder / "j.db", content);
    const std::string text = refusal(journal_options(folder / "j.db"));
    CHECK_THAT(text, ContainsSubstring("is damaged"));
    CHECK_THAT(text, ContainsSubstring("hecaton journal verify"));
    CHECK(content_of(folder / "j.db") == content);
    CHECK(content_of(folder / "j.db-wal") == log);
    CHECK(folder.names() == std::vector<std::string>{"j.db", "j.db-wal"});
}

TEST_CASE("a file that was copied without its log has what was in it") {
    const Folder folder(Folder::quick());
    make_journal(folder / "j.db", false, true);
    std::filesystem::remove(folder / "j.db-wal");
    const Found found = look(folder / "j.db");
    CHECK(found.refused.empty());
    CHECK(!found.wrong);
    CHECK(found.prefix);
}

// Which results a call that is made again continues with: never those of another build unasked, and never other
// content.
#include <support/catch.hpp>
#include <support/journal.hpp>

using namespace hecaton::test;
using journal::Journal;

namespace {

void compute(const journal::Options& options, const journal::Call& call) {
    const auto file = Journal::open(options);
    add_results(*file, file->begin(call), 0, 10);
}

std::size_t found(const journal::Options& options, const journal::Call& call) {
    const auto file = Journal::open(options);
    return results(*file, file->begin(call)).size();
}

std::string refusal_of(const journal::Options& options, const journal::Call& call) {
    const auto file = Journal::open(options);
    try {
        file->begin(call);
        return {};
    } catch (const hecaton::JournalError& error) {
        return error.what();
    }
}

}  // namespace

TEST_CASE("a call continues where everything is the same") {
    const Folder folder;
    const auto options = journal_options(folder / "j.db");
    const auto call = journal_call("sweep");
    compute(options, call);
    CHECK(found(options, call) == 10);
    auto other = call;
    SECTION("name") { other.name = "other"; }
    SECTION("number") { other.number = 1; }
    SECTION("kind") { other.kind = "map_reduce"; }
    SECTION("content") { other.content = {1, 1}; }
    SECTION("place") { other.place = "there"; }
    SECTION("version") { other.version = "2"; }
    CHECK(found(options, other) == 0);
    CHECK(found(options, call) == 10);
}

TEST_CASE("results of another build are refused, with three ways on") {
    const Folder folder;
    const auto call = journal_call("sweep");
    compute(journal_options(folder / "j.db", "aa11"), call);
    auto moved = call;
    moved.place = "there";
    const auto other = journal_options(folder / "j.db", "bb22");
    const std::string text = refusal_of(other, moved);
    CHECK_THAT(text, ContainsSubstring(
                         "j.db: the results of \"sweep\" are of another build of the program: build aa11 of 20"));
    CHECK_THAT(text, ContainsSubstring("(/bin/true); this is build bb22 of 20"));
    CHECK_THAT(text, ContainsSubstring("--journal-accept-program"));
    CHECK_THAT(text, ContainsSubstring("another file"));
    CHECK_THAT(text, ContainsSubstring("MapOptions::version"));
    CHECK(text.find('\n') == std::string::npos);
    CHECK(found(journal_options(folder / "j.db", "aa11"), call) == 10);  // nothing was changed

    auto accepting = other;
    accepting.accept_program = true;
    CHECK(found(accepting, moved) == 10);
    CHECK(found(other, moved) == 10);  // it is asked once
}

TEST_CASE("other content of another build is refused too, as long as this build has not made the call") {
    const Folder folder;
    compute(journal_options(folder / "j.db", "aa11"), journal_call("sweep", "old"));
    const auto other = journal_options(folder / "j.db", "bb22");
    CHECK_THAT(refusal_of(other, journal_call("sweep", "new")), ContainsSubstring("another build"));
    auto accepting = other;
    accepting.accept_program = true;
    compute(accepting, journal_call("sweep", "new"));
    CHECK(found(other, journal_call("sweep", "new")) == 10);
    CHECK(found(other, journal_call("sweep", "newest")) == 0);
    CHECK_THAT(refusal_of(other, journal_call("sweep", "old")), ContainsSubstring("another build"));
}

TEST_CASE("a call with a version continues with results of other builds") {
    const Folder folder;
    auto call = journal_call("sweep");
    call.version = "1";
    compute(journal_options(folder / "j.db", "aa11"), call);
    const auto other = journal_options(folder / "j.db", "bb22");
    call.place = "there";
    CHECK(found(other, call) == 10);
    CHECK(found(other, journal_call("another")) == 0);
    call.content = {1, 1};
    CHECK(found(other, call) == 0);
}

TEST_CASE("a call of another build that had no results yet is in nobody's way") {
    const Folder folder;
    { Journal::open(journal_options(folder / "j.db", "aa11"))->begin(journal_call("sweep")); }
    CHECK(found(journal_options(folder / "j.db", "bb22"), journal_call("sweep")) == 0);
}

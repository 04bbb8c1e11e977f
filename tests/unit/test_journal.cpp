// A journal's file: what goes in comes out again, in the same process and in the next one.
#include <algorithm>
#include <hecaton/journal/progress_file.hpp>
#include <support/catch.hpp>
#include <support/events.hpp>
#include <support/journal.hpp>
#include <thread>

using namespace hecaton::test;
using journal::Batch;
using journal::Entry;
using journal::Journal;

TEST_CASE("a digest tells contents and the borders between parts apart") {
    CHECK(journal::digest(as_bytes("a")) == journal::digest(as_bytes("a")));
    CHECK(journal::digest(as_bytes("a")) != journal::digest(as_bytes("b")));
    const auto of = [](const std::string& first, const std::string& second) {
        journal::Hasher hasher;
        hasher.add(std::string_view(first));
        hasher.add(std::string_view(second));
        return hasher.digest();
    };
    CHECK(of("ab", "c") == of("ab", "c"));
    CHECK(of("ab", "c") != of("a", "bc"));
    CHECK(of("", "abc") != of("abc", ""));
    // Of XXH3's own test vectors: the file's format must not change with the library.
    CHECK(journal::digest({}).high == 0x99aa06d3014798d8ULL);
    CHECK(journal::digest({}).low == 0x6001c324468d497fULL);
}

TEST_CASE("results are there after the journal is opened again") {
    const Folder folder;
    const auto options = journal_options(folder / "j.db");
    {
        const auto file = Journal::open(options);
        CHECK(file->path().filename() == "j.db");
        const auto call = file->begin(journal_call("sweep"));
        CHECK(results(*file, call).empty());
        add_results(*file, call, 0, 5'000);
        CHECK(file->flush());
        CHECK(results(*file, call).size() == 5'000);
        add_results(*file, call, 5'000, 5);  // committed by the end
        CHECK(file->problem().empty());
    }
    CHECK(folder.names() == std::vector<std::string>{"j.db"});
    const auto file = Journal::open(options);
    const auto call = file->begin(journal_call("sweep"));
    const auto found = results(*file, call);
    REQUIRE(found.size() == 5'005);
    for (const auto& [index, value] : found) REQUIRE(value == result_of(index));
}

TEST_CASE("an entry comes back with all that is known of it") {
    const Folder folder;
    const auto options = journal_options(folder / "j.db");
    const std::string large(3'000'000, 'x');
    Entry entry;
    entry.index = 42;
    entry.count = 8;
    entry.item = {1, 2};
    entry.value = as_bytes(large);
    entry.failed = true;
    entry.error = "std::runtime_error: no \"luck\"";
    entry.rank = -1;
    entry.host = "node7";
    entry.attempts = 3;
    entry.started = 1.25e9;
    entry.duration = 0.5;
    {
        const auto file = Journal::open(options);
        Batch batch;
        batch.add(file->begin(journal_call("sweep")), entry);
        CHECK(batch.count() == 1);
        file->add(std::move(batch));
    }
    const auto file = Journal::open(options);
    int seen = 0;
    file->find(file->begin(journal_call("sweep")), 42, 1, [&](const Entry& found) {
        ++seen;
        CHECK(found.index == 42);
        CHECK(found.count == 8);
        CHECK(found.item == entry.item);
        CHECK(as_text(found.value) == large);
        CHECK(found.failed);
        CHECK(found.error == entry.error);
        CHECK(found.rank == -1);
        CHECK(found.host == "node7");
        CHECK(found.attempts == 3);
        CHECK(found.started == 1.25e9);
        CHECK(found.duration == 0.5);
    });
    CHECK(seen == 1);
    file->find(1, 43, 100, [](const Entry&) { FAIL("nothing is there"); });
    file->find(1, 0, 42, [](const Entry&) { FAIL("nothing is there"); });
}

TEST_CASE("empty results are results") {
    const Folder folder;
    const auto file = Journal::open(journal_options(folder / "j.db"));
    const auto call = file->begin(journal_call("sweep"));
    Batch batch;
    add_result(batch, call, 7, "");
    file->add(std::move(batch));
    REQUIRE(file->flush());
    CHECK(results(*file, call) == std::map<std::uint64_t, std::string>{{7, ""}});
}

TEST_CASE("one index may have several contents, and one content the last entry only") {
    const Folder folder;
    const auto file = Journal::open(journal_options(folder / "j.db"));
    const auto call = file->begin(journal_call("sweep"));
    const auto put = [&](std::uint64_t content, const std::string& value, bool failed) {
        Entry entry;
        entry.index = 5;
        entry.item = item_digest(content);
        entry.value = as_bytes(value);
        entry.failed = failed;
        entry.error = "bad";
        Batch batch;
        batch.add(call, entry);
        file->add(std::move(batch));
    };
    const std::string large(5'000, 'y');
    put(1, "failure", true);
    put(2, large, false);
    put(1, large, false);  // it went well the second time
    put(2, "short", false);
    REQUIRE(file->flush());
    std::multimap<std::string, bool> found;
    file->find(call, 5, 1, [&](const Entry& entry) { found.emplace(as_text(entry.value), entry.failed); });
    CHECK(found == std::multimap<std::string, bool>{{large, false}, {"short", false}});
}

TEST_CASE("several threads add at the same time") {
    const Folder folder;
    const auto file = Journal::open(journal_options(folder / "j.db"));
    const auto call = file->begin(journal_call("sweep"));
    std::vector<std::thread> threads;
    for (std::uint64_t t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (std::uint64_t i = 0; i < 200; ++i) add_results(*file, call, t * 10'000 + i * 10, 10);
            file->items(call, 50'000);
            file->flush();
        });
    for (auto& thread : threads) thread.join();
    CHECK(results(*file, call).size() == 8'000);
}

TEST_CASE("what find() throws arrives, and the journal goes on") {
    const Folder folder;
    const auto file = Journal::open(journal_options(folder / "j.db"));
    const auto call = file->begin(journal_call("sweep"));
    add_results(*file, call, 0, 10);
    REQUIRE(file->flush());
    CHECK_THROWS_AS(file->find(call, 0, 10, [](const Entry&) { throw std::out_of_range("enough"); }),
                    std::out_of_range);
    add_results(*file, call, 10, 10);
    REQUIRE(file->flush());
    CHECK(results(*file, call).size() == 20);
}

TEST_CASE("the progress file says how far the calls are while the journal is open") {
    const Folder folder;
    const auto options = journal_options(folder / "j.db");
    const auto shown = folder / "j.db-progress";
    {
        const auto file = Journal::open(options);
        const auto call = file->begin(journal_call("sweep of\nall"));
        file->items(call, 30);
        add_results(*file, call, 0, 20);
        Batch batch;
        Entry entry;
        entry.index = 25;
        entry.count = 2;
        entry.failed = true;
        batch.add(call, entry);
        file->add(std::move(batch));
        std::optional<journal::Progress> progress;
        wait_until([&] {
            file->flush();
            file->items(call, 30);  // so that there is something to commit
            progress = journal::read_progress(shown);
            return progress && !progress->calls.empty() && progress->calls[0].done > 0;
        });
        CHECK(progress->calls == std::vector<journal::CallProgress>{{call, "sweep of all", 0, "map", 30, 20, 2}});
        CHECK(progress->build == "aa11");
        CHECK(progress->program == "/bin/true");
        CHECK(progress->commit > 1.7e9);
        CHECK(progress->problem.empty());
    }
    CHECK(!std::filesystem::exists(shown));
}

TEST_CASE("on a network file system there is no write-ahead log") {
    const Folder folder;
    auto options = journal_options(folder / "j.db");
    options.assume_network = GENERATE(false, true);
    options.durability = GENERATE(journal::Durability::process, journal::Durability::power);
    {
        const auto file = Journal::open(options);
        const auto call = file->begin(journal_call("sweep"));
        add_results(*file, call, 0, 100);
        REQUIRE(file->flush());
        CHECK(std::filesystem::exists(folder / "j.db-wal") != options.assume_network);
        CHECK(!std::filesystem::exists(folder / "j.db-shm"));
    }
    CHECK(folder.names() == std::vector<std::string>{"j.db"});
    options.assume_network = !options.assume_network;  // moved to a file system of the other kind
    const auto file = Journal::open(options);
    CHECK(results(*file, file->begin(journal_call("sweep"))).size() == 100);
}

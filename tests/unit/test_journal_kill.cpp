// A process that is killed while it writes a journal: what flush() has confirmed is there, and nothing is wrong.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <random>
#include <support/catch.hpp>
#include <support/events.hpp>
#include <support/journal.hpp>
#include <support/sanitizer.hpp>

using namespace hecaton::test;
using journal::Journal;

namespace {

struct Shared {
    std::atomic<std::uint64_t> added;
    std::atomic<std::uint64_t> confirmed;
};

// Continues where the journal ends, flushes now and then, ends it and opens it again, until it is killed.
[[noreturn]] void write_on(const journal::Options& options, Shared& shared, unsigned seed) {
    std::mt19937 random(seed);
    auto file = Journal::open(options);
    auto call = file->begin(journal_call("sweep"));
    std::uint64_t next = results(*file, call).size();
    for (;;) {
        if (random() % 16 == 0) {
            file.reset();
            shared.confirmed = next;
            file = Journal::open(options);
            call = file->begin(journal_call("sweep"));
        }
        const std::uint64_t count = 1 + random() % 300;
        add_results(*file, call, next, count);
        next += count;
        shared.added = next;
        if (random() % 4 == 0 && file->flush()) shared.confirmed = next;
    }
}

}  // namespace

TEST_CASE("kill -9 at any moment loses nothing that was confirmed") {
    const Folder folder;
    auto options = journal_options(folder / "j.db");
    options.assume_network = GENERATE(false, true);
    void* memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    REQUIRE(memory != MAP_FAILED);
    auto& shared = *new (memory) Shared{};
    std::mt19937 random(options.assume_network ? 1 : 2);
    const int rounds = sanitized ? 8 : 40;
    for (int round = 0; round < rounds; ++round) {
        const std::uint64_t before = shared.confirmed;
        const auto seed = static_cast<unsigned>(random());
        const pid_t child = ::fork();
        if (child == 0) write_on(options, shared, seed);
        // Some are killed at their start, the others after they have confirmed something.
        if (round % 4 != 0) wait_until([&] { return shared.confirmed > before; });
        ::usleep(static_cast<unsigned>(random() % 20'000));
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);

        const auto file = Journal::open(options);
        const auto found = results(*file, file->begin(journal_call("sweep")));
        REQUIRE(found.size() >= shared.confirmed);
        REQUIRE(found.size() <= std::max<std::uint64_t>(shared.added, shared.confirmed));
        REQUIRE((found.empty() || found.rbegin()->first == found.size() - 1));  // entries go in in their order
        REQUIRE(
            std::all_of(found.begin(), found.end(), [](const auto& of) { return of.second == result_of(of.first); }));
        shared.confirmed = found.size();
        shared.added = found.size();
    }
    ::munmap(memory, sizeof(Shared));
    const auto file = Journal::open(options);
    REQUIRE(file->problem().empty());
}

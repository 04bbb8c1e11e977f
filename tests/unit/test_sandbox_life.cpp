// The life of sandboxes: how long they are there, how they are ended, and that nothing is left of them.
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <hecaton/foundation/error.hpp>
#include <hecaton/survival/sandbox.hpp>
#include <hecaton/tasks/bind_front.hpp>
#include <map>
#include <stdexcept>
#include <string>
#include <support/catch.hpp>
#include <support/events.hpp>
#include <support/processes.hpp>
#include <support/sandboxed_pool.hpp>
#include <thread>
#include <vector>

using namespace hecaton;
using namespace hecaton::test;
using namespace std::chrono_literals;

namespace {}  // namespace

TEST_CASE("an item that takes too long is killed, and not run again; the others go on") {
    for (const std::size_t chunk : {0U, 1U, 10U}) {
        CAPTURE(chunk);
        SandboxedPool pool(1);
        const auto slow = [](int x) {
            if (x == 2 || x == 5) std::this_thread::sleep_for(24h);
            return x;
        };
        const auto all = outcomes(pool, slow, numbers(10), {.chunk_size = chunk, .timeout = 1s});
        for (std::size_t i = 0; i < all.size(); ++i) {
            CHECK(all[i].attempts == 1);
            CHECK(all[i].has_value() == (i != 2 && i != 5));
        }
        CHECK_THROWS_AS(all[2].value(), TaskTimeout);
        CHECK(error_of(all, 5) == "the item took longer than its limit of 1 s, and was ended");
        CHECK(all[2].duration >= 1s);
        CHECK(children_of(detail::the_zygote()->pid()).size() <= 2);
    }
    SandboxedPool pool(0);
    const auto busy = [](int x) {
        volatile int zero = 0;
        while (x == zero) {
        }
        return x;
    };
    CHECK_THROWS_AS(map(pool, busy, numbers(2), {.timeout = 100ms}), TaskTimeout);
    CHECK(map(pool, busy, std::vector{1}, {.timeout = 1e12s}) == std::vector{1});
}

TEST_CASE("what an item has started ends with it") {
    SandboxedPool pool(0);
    int line[2];
    REQUIRE(::pipe(line) == 0);  // the sandboxes do not have it: they find it in /proc
    const auto parent = [](const std::string& to, int how) {
        const pid_t child = ::fork();
        if (child == 0)
            for (;;) ::pause();
        std::ofstream(to) << child << std::endl;
        if (how == 0) std::abort();
        if (how == 1) std::this_thread::sleep_for(24h);
    };
    const std::string name = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(line[1]);
    for (const int how : {0, 1}) {
        const auto all =
            outcomes(pool, hecaton::bind_front(parent, name), std::vector{how}, {.timeout = 500ms, .attempts = 1});
        CHECK(!all[0].has_value());
        char text[32]{};
        REQUIRE(::read(line[0], text, sizeof text - 1) > 0);
        const int child = std::atoi(text);
        CHECK(child > 0);
        wait_until([child] { return !runs(child); });
    }
    ::close(line[0]);
    ::close(line[1]);
}

TEST_CASE("a child of an item that has left its group does not keep the rank waiting") {
    SandboxedPool pool(0);
    Gate gate;
    const auto daemon = [](const std::string& closed) {
        if (::fork() == 0) {
            ::setsid();
            wait_at(closed);
            ::_exit(0);
        }
        wait_until([&] { return !std::filesystem::is_empty(closed); });
        std::abort();
    };
    const auto all = outcomes(pool, daemon, std::vector{gate.path()}, {.attempts = 1, .isolate = true});
    CHECK(error_of(all, 0) == "killed by SIGABRT (Aborted)");
    gate.open();
}

TEST_CASE("20 crashes in a row leave nothing behind") {
    SandboxedPool pool(0);
    const int zygote = detail::the_zygote()->pid();
    CHECK_THROWS_AS(map(pool, crash_at_3, numbers(5)), WorkerLost);
    const std::size_t here = open_descriptors(::getpid());
    const std::size_t there = open_descriptors(zygote);
    const auto all = outcomes(pool, [](int) -> int { std::abort(); }, numbers(20), {.attempts = 1, .isolate = true});
    for (std::size_t i = 0; i < 20; ++i) CHECK(error_of(all, i) == "killed by SIGABRT (Aborted)");
    CHECK(map(pool, crash_at_3, numbers(3)) == std::vector{0, 1, 4});
    CHECK(open_descriptors(::getpid()) == here);
    CHECK(open_descriptors(zygote) == there);
    CHECK(children_of(zygote).size() == 1);
}

TEST_CASE("one sandbox serves all chunks of all jobs, until its worker goes") {
    {
        SandboxedPool pool(2);
        const auto where = [](int) { return std::pair(this_worker::rank(), ::getpid()); };
        std::map<int, int> pids;
        for (int round = 0; round < 5; ++round) {
            for (const auto& [rank, pid] : map(pool, where, numbers(50), {.chunk_size = 1, .isolate = true})) {
                CHECK(pids.try_emplace(rank, pid).first->second == pid);
                CHECK(pid != ::getpid());
            }
        }
        CHECK(pids.size() <= 3);
        CHECK(children_of(detail::the_zygote()->pid()).size() == pids.size());
    }
    wait_until([] { return children_of(detail::the_zygote()->pid()).empty(); });
}

namespace {
void crash() { std::abort(); }
void refuse() { throw std::domain_error("no licence"); }
int initialized = 0;
void count() { ++initialized; }
void nap() { std::this_thread::sleep_for(1500ms); }
}  // namespace

TEST_CASE("the initializer runs once in each sandbox, and its time is nobody's") {
    SandboxedPool pool(1, count);
    const auto look = [](int x) {
        if (x == 7 && this_task::attempt() == 1) std::abort();
        return initialized;
    };
    CHECK(map(pool, look, numbers(20)) == std::vector<int>(20, 1));
    CHECK(initialized == 0);  // not here: nothing but sandboxes was needed
    SandboxedPool slow(0, nap);
    CHECK(map(slow, [](int x) { return x; }, numbers(2), {.timeout = 1s}) == std::vector{0, 1});
}

TEST_CASE("an initializer that throws fails the pool, now and later") {
    SandboxedPool pool(1, refuse);
    for (int round = 0; round < 3; ++round) CHECK_THROWS_AS(map(pool, crash_at_3, numbers(30)), std::domain_error);
    CHECK_THROWS_AS(map(pool, crash_at_3, numbers(2), {}), std::domain_error);
}

TEST_CASE("an initializer that crashes fails the pool, now and later") {
    SandboxedPool pool(1, crash);
    for (int round = 0; round < 3; ++round) CHECK_THROWS_AS(map(pool, crash_at_3, numbers(30)), WorkerLost);
    CHECK_THROWS_WITH(map(pool, crash_at_3, numbers(30)),
                      "the pool's initializer ended the sandbox that it ran in: killed by SIGABRT (Aborted)");
}

TEST_CASE("an initializer that cannot get into a sandbox is refused") {
    std::atomic<int> value = 0;  // the workers of this pool are threads
    SandboxedPool pool(1, [&value] { ++value; });
    CHECK_THROWS_AS(map(pool, crash_at_3, numbers(3)), UsageError);
    CHECK_THROWS_WITH(map(pool, crash_at_3, numbers(3)), ContainsSubstring("Make it a plain function"));
    CHECK(map(pool, crash_at_3, numbers(3), {}) == std::vector{0, 1, 4});
    CHECK(value == 2);
}

TEST_CASE("a sandbox that is killed while it is idle is replaced, at nobody's cost") {
    SandboxedPool pool(0);
    const auto pid = [](int) { return ::getpid(); };
    for (int round = 0; round < 5; ++round) {
        const auto all = outcomes(pool, pid, numbers(1), {.attempts = 1, .isolate = true});
        CHECK(all[0].attempts == 1);
        const int sandbox = all[0].value();
        ::kill(sandbox, SIGKILL);
        if (round % 2 == 0) wait_until([&] { return !runs(sandbox); });
    }
}

TEST_CASE("a zygote that is killed takes its sandboxes along, and there are no new ones") {
    detail::Zygote zygote;
    detail::ZygoteReplies replies(zygote);
    detail::SandboxAlarm alarm;
    detail::Sandbox sandbox(replies, alarm, {});
    detail::Sandbox::Message message;
    const auto soonest = [&] { return sandbox.next(message, detail::Sandbox::Clock::now() + 24h); };
    REQUIRE(soonest() == detail::Sandbox::Event::message);
    CHECK(message.head.what == detail::FromSandbox::What::ready);
    CHECK(sandbox.next(message, detail::Sandbox::Clock::now() + 10ms) == detail::Sandbox::Event::late);
    alarm.ring();
    CHECK(soonest() == detail::Sandbox::Event::alarm);
    ::kill(zygote.pid(), SIGKILL);
    CHECK(soonest() == detail::Sandbox::Event::ended);
    wait_until([&] {
        try {
            detail::Sandbox(replies, alarm, {});
            return false;
        } catch (const ProcessError&) {
            return true;
        }
    });
}

TEST_CASE("what an item prints appears, also when it crashes behind it") {
    std::fflush(nullptr);
    std::FILE* file = std::tmpfile();
    const int kept = ::dup(STDOUT_FILENO);
    ::dup2(::fileno(file), STDOUT_FILENO);
    {
        // A zygote has the output that was there when it was made: the item is told where to print.
        SandboxedPool pool(0);
        const auto print = [](const std::string& to, int x) {
            [[maybe_unused]] const auto* opened = std::freopen(to.c_str(), "a", stdout);
            std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
            std::printf("item %d\n", x);
            if (x == 1) std::abort();
            std::printf("end of item %d", x);
        };
        const std::string to = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(::fileno(file));
        outcomes(pool, hecaton::bind_front(print, to), numbers(2), {.chunk_size = 1, .attempts = 1, .isolate = true});
    }
    ::dup2(kept, STDOUT_FILENO);
    ::close(kept);
    std::rewind(file);
    std::string text(100, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file));
    std::fclose(file);
    CHECK(text == "item 0\nend of item 0item 1\n");
}

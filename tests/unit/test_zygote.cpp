// The zygote without a pool: what processes give back, and that nothing is left of them.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <hecaton/survival/process_task.hpp>
#include <hecaton/survival/zygote.hpp>
#include <hecaton/tasks/bind_front.hpp>
#include <iostream>
#include <map>
#include <numeric>
#include <sstream>
#include <string>
#include <support/captured.hpp>
#include <support/catch.hpp>
#include <support/events.hpp>
#include <support/processes.hpp>
#include <vector>

using namespace hecaton;
using namespace hecaton::test;
using namespace std::chrono_literals;
using detail::encode_process_task;
using detail::Zygote;
using What = Zygote::Reply::What;

namespace {

// Waits for the process to end; its exit code as Process gives it.
int end_of(Zygote& zygote, std::uint64_t id) {
    for (;;) {
        const auto reply = zygote.next_reply();
        REQUIRE(reply);
        if (reply->what == What::failed) return -1'000;
        if (reply->what != What::ended || reply->id != id) continue;
        return WIFEXITED(reply->value) ? WEXITSTATUS(reply->value) : -WTERMSIG(reply->value);
    }
}

void nothing() {}
void give(int status) { std::exit(status); }
void stay() {
    for (;;) ::pause();
}

}  // namespace

TEST_CASE("exit codes, and signals as negative numbers") {
    Zygote zygote;
    std::uint64_t id = 0;
    const auto run = [&](const detail::Buffer& task) {
        zygote.start(++id, 0, 1, "test", task.bytes());
        return end_of(zygote, id);
    };
    CHECK(run(encode_process_task(nothing)) == 0);
    CHECK(run(encode_process_task(give, 7)) == 7);
    CHECK(run(encode_process_task([] { ::_exit(9); })) == 9);
    CHECK(run(encode_process_task([] { std::quick_exit(11); })) == 11);
    CHECK(run(encode_process_task([] { return std::string("not wanted"); })) == 0);
    CHECK(run(encode_process_task([] { return new int(3); })) == 0);  // need not travel
    CHECK(run(encode_process_task([] { ::kill(::getpid(), SIGKILL); })) == -SIGKILL);
    CHECK(run(encode_process_task([] { ::raise(SIGTERM); })) == -SIGTERM);
    CHECK(run(encode_process_task([]() noexcept { std::abort(); })) == -SIGABRT);
}

TEST_CASE("a process hears signals as soon as it has been started") {
    Zygote zygote;
    for (const int signo : {SIGTERM, SIGINT, SIGKILL, SIGUSR1}) {
        zygote.start(1, 0, 1, "test", encode_process_task(stay).bytes());
        zygote.signal(1, signo);
        CHECK(end_of(zygote, 1) == -signo);
    }
    zygote.signal(1, SIGKILL);  // it has ended: nothing happens
    zygote.signal(99, SIGKILL);
    zygote.start(2, 0, 1, "test", encode_process_task(nothing).bytes());
    CHECK(end_of(zygote, 2) == 0);
}

TEST_CASE("what is meant for the rank does not reach its zygote") {
    Zygote zygote;
    for (const int signo : {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1}) ::kill(zygote.pid(), signo);
    zygote.start(1, 0, 1, "test", encode_process_task(give, 3).bytes());
    CHECK(end_of(zygote, 1) == 3);
}

TEST_CASE("handlers of the rank are not the processes'") {
    ::signal(SIGTERM, [](int) {});
    Zygote zygote;
    ::signal(SIGTERM, SIG_DFL);
    zygote.start(1, 0, 1, "test", encode_process_task(stay).bytes());
    zygote.signal(1, SIGTERM);
    CHECK(end_of(zygote, 1) == -SIGTERM);
}

TEST_CASE("arguments of all kinds arrive") {
    Zygote zygote;
    const auto check = [](const std::string& text, const std::vector<double>& numbers,
                          const std::map<std::string, int>& named, int plain) {
        std::exit(text == "words" && numbers.size() == 1'000 && named.at("x") == 4 && plain == 5 ? 42 : 43);
    };
    zygote.start(1, 0, 1, "test",
                 encode_process_task(check, std::string("words"), std::vector<double>(1'000, 0.5),
                                     std::map<std::string, int>{{"x", 4}}, 5)
                     .bytes());
    CHECK(end_of(zygote, 1) == 42);
    const auto bound = bind_front([](const std::string& text, int n) { std::exit(text == "ab" ? n : 1); }, "ab");
    zygote.start(2, 0, 1, "test", encode_process_task(bound, 44).bytes());
    CHECK(end_of(zygote, 2) == 44);
    const auto rvalue = [](std::string&& text) { std::exit(static_cast<int>(text.size())); };
    zygote.start(3, 0, 1, "test", encode_process_task(rvalue, std::string("three")).bytes());
    CHECK(end_of(zygote, 3) == 5);
}

TEST_CASE("a process knows its rank, and that it is a task") {
    Zygote zygote;
    const auto check = [] {
        std::exit(this_worker::rank() == 3 && this_worker::size() == 8 && this_task::index() == 0 &&
                          detail::inside_process()
                      ? 0
                      : 1);
    };
    zygote.start(1, 3, 8, "test", encode_process_task(check).bytes());
    CHECK(end_of(zygote, 1) == 0);
    CHECK(!detail::inside_process());
}

TEST_CASE("50 MB of arguments") {
    Zygote zygote;
    std::vector<std::uint32_t> many(13'000'000);
    std::iota(many.begin(), many.end(), 0U);
    const auto check = [](const std::vector<std::uint32_t>& values) {
        for (std::size_t i = 0; i < values.size(); ++i)
            if (values[i] != i) std::exit(1);
        std::exit(values.size() == 13'000'000 ? 5 : 2);
    };
    for (std::uint64_t id = 0; id < 3; ++id) {
        zygote.start(id, 0, 1, "test", encode_process_task(check, many).bytes());
        CHECK(end_of(zygote, id) == 5);
    }
}

TEST_CASE("200 at once, and neither zombies nor descriptors are left") {
    Zygote zygote;
    zygote.start(1'000, 0, 1, "test", encode_process_task(nothing).bytes());
    CHECK(end_of(zygote, 1'000) == 0);
    const std::size_t descriptors = open_descriptors(zygote.pid());
    const detail::Buffer task = encode_process_task(stay);
    for (std::uint64_t id = 0; id < 200; ++id) zygote.start(id, 0, 1, "test", task.bytes());
    std::vector<int> pids;
    while (pids.size() < 200) {
        const auto reply = zygote.next_reply();
        REQUIRE(reply);
        REQUIRE(reply->what == What::started);
        pids.push_back(reply->value);
    }
    std::sort(pids.begin(), pids.end());
    CHECK(std::unique(pids.begin(), pids.end()) == pids.end());
    CHECK(children_of(zygote.pid()).size() == 200);
    for (std::uint64_t id = 0; id < 200; ++id) zygote.signal(id, SIGTERM);
    for (int ended = 0; ended < 200; ++ended) {
        const auto reply = zygote.next_reply();
        REQUIRE(reply);
        CHECK(reply->what == What::ended);
    }
    CHECK(children_of(zygote.pid()).empty());
    CHECK(open_descriptors(zygote.pid()) == descriptors);
}

TEST_CASE("an exception is one line on standard error, and exit code 1") {
    const hecaton::test::Captured error(STDERR_FILENO);
    Zygote zygote;
    const auto throws = [](const std::string& text) { throw std::out_of_range(text); };
    zygote.start(1, 2, 4, "Process-3", encode_process_task(throws, std::string("no such key")).bytes());
    const auto started = zygote.next_reply();
    REQUIRE(started);
    CHECK(end_of(zygote, 1) == 1);
    CHECK(error.text() == "hecaton: Process-3 (pid " + std::to_string(started->value) + " on rank 2, " +
                              this_worker::host() + "): std::out_of_range: no such key\n");
}

TEST_CASE("a task that cannot be decoded is an exception too") {
    const hecaton::test::Captured error(STDERR_FILENO);
    Zygote zygote;
    zygote.start(1, 0, 1, "Process-1", std::as_bytes(std::span("\xff\xff\xff\x7f")));
    CHECK(end_of(zygote, 1) == 1);
    CHECK_THAT(error.text(), ContainsSubstring("hecaton: Process-1 (pid "));
}

TEST_CASE("output is flushed at the end, and lines of several processes stay whole") {
    std::puts("written before, so that standard output has a buffer");
    const hecaton::test::Captured output(STDOUT_FILENO);
    {
        Zygote zygote;
        const auto talk = [](char letter) {
            for (int i = 0; i < 200; ++i) std::printf("%s\n", std::string(100, letter).c_str());
            for (int i = 0; i < 200; ++i) std::cout << std::string(50, letter) << std::string(50, letter) << "\n";
            std::cout << std::string(100, letter);  // no end of line
        };
        for (std::uint64_t id = 0; id < 8; ++id)
            zygote.start(id, 0, 1, "test", encode_process_task(talk, static_cast<char>('a' + id)).bytes());
        for (int ended = 0; ended < 8;) {
            const auto reply = zygote.next_reply();
            REQUIRE(reply);
            if (reply->what == What::ended) ++ended;
        }
    }
    const std::string text = output.text();
    CHECK(text.size() == 8 * (400 * 101 + 100));
    std::istringstream lines(text);
    int broken = 0;
    for (std::string line; std::getline(lines, line);) {
        // The unfinished lines at the ends of the processes stick to what comes next.
        for (std::size_t at = 0; at < line.size(); at += 100)
            if (line.size() % 100 != 0 || line.substr(at, 100) != std::string(100, line[at])) ++broken;
    }
    CHECK(broken == 0);
}

TEST_CASE("standard input is empty in a process") {
    Zygote zygote;
    zygote.start(1, 0, 1, "test", encode_process_task([] { std::exit(std::getchar() == EOF ? 0 : 1); }).bytes());
    CHECK(end_of(zygote, 1) == 0);
}

TEST_CASE("what was in a buffer when the zygote was made is written once") {
    const hecaton::test::Captured output(STDOUT_FILENO);
    {
        std::printf("before");
        Zygote zygote;
        zygote.start(1, 0, 1, "test", encode_process_task(nothing).bytes());
        CHECK(end_of(zygote, 1) == 0);
    }
    CHECK(output.text() == "before");
}

TEST_CASE("a zygote that is ended takes its processes along") {
    int child = 0;
    int pid = 0;
    {
        Zygote zygote;
        pid = zygote.pid();
        zygote.start(1, 0, 1, "test", encode_process_task(stay).bytes());
        const auto started = zygote.next_reply();
        REQUIRE(started);
        child = started->value;
        CHECK(runs(child));
    }
    wait_until([&] { return !runs(child) && !runs(pid); });
}

TEST_CASE("a zygote that is killed takes its processes along, and its rank hears of it") {
    Zygote zygote;
    zygote.start(1, 0, 1, "test", encode_process_task(stay).bytes());
    const auto started = zygote.next_reply();
    REQUIRE(started);
    ::kill(zygote.pid(), SIGKILL);
    CHECK(!zygote.next_reply());
    wait_until([&] { return !runs(started->value); });
    CHECK(!zygote.start(2, 0, 1, "test", encode_process_task(nothing).bytes()));
}

TEST_CASE("a rank that is killed leaves neither its zygote nor its processes") {
    int line[2];
    REQUIRE(::pipe(line) == 0);
    const pid_t rank = ::fork();
    if (rank == 0) {
        Zygote zygote;
        zygote.start(1, 0, 1, "test", encode_process_task(stay).bytes());
        const auto started = zygote.next_reply();
        const pid_t heir = ::fork();  // has the rank's end of the socket too, so the zygote sees no end of it
        if (heir == 0) stay();
        const std::array<int, 3> pids{zygote.pid(), started ? started->value : 0, heir};
        [[maybe_unused]] const auto written = ::write(line[1], pids.data(), sizeof pids);
        stay();
    }
    std::array<int, 3> pids{};
    REQUIRE(::read(line[0], pids.data(), sizeof pids) == sizeof pids);
    CHECK(runs(pids[0]));
    CHECK(runs(pids[1]));
    ::kill(rank, SIGKILL);
    ::waitpid(rank, nullptr, 0);
    wait_until([&] { return !runs(pids[0]) && !runs(pids[1]); });
    CHECK(runs(pids[2]));
    ::kill(pids[2], SIGKILL);
    ::close(line[0]);
    ::close(line[1]);
}

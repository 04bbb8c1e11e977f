// Programs started for what they print and how they end.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <hecaton/foundation/subprocess.hpp>
#include <string>
#include <support/catch.hpp>
#include <vector>

using hecaton::detail::Descriptor;
using hecaton::detail::Subprocess;
using namespace std::chrono_literals;

namespace {

constexpr auto plenty = 60s;

Subprocess::Options shell(const std::string& script) { return {.argv = {"sh", "-c", script}}; }

std::size_t open_files() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
    return count;
}

}  // namespace

TEST_CASE("A subprocess says what it printed and how it ended") {
    auto said = shell("echo out; echo err >&2; exit 3");
    SECTION("apart") {
        said.errors = Subprocess::Errors::apart;
        const auto result = Subprocess::run(said, plenty);
        CHECK(result.problem == 0);
        CHECK_FALSE(result.late);
        CHECK(result.status == 3);
        CHECK(result.signal == 0);
        CHECK(result.output == "out\n");
        CHECK(result.error == "err\n");
        CHECK(result.heard.has_value());
    }
    SECTION("together") {
        said.errors = Subprocess::Errors::with_output;
        const auto result = Subprocess::run(said, plenty);
        CHECK(result.output == "out\nerr\n");
        CHECK(result.error.empty());
    }
}

TEST_CASE("A subprocess has its own environment, folder and input") {
    auto asked = shell("echo $ONE $TWO; pwd; cat");
    asked.argv[0] = "/bin/sh";
    asked.environment = {"ONE=1", "PATH=/usr/bin:/bin"};
    asked.folder = "/usr";
    asked.input = std::string(300'000, 'x');
    ::setenv("TWO", "2", 1);
    const auto result = Subprocess::run(asked, plenty);
    CHECK(result.output == "1\n/usr\n" + asked.input);
    CHECK(Subprocess::run(shell("echo $TWO; cat"), plenty).output == "2\n");
}

TEST_CASE("More output than a pipe holds is taken, and no more than is wanted is kept") {
    auto much = shell("head -c 3000000 /dev/zero | tr '\\0' 'x'; head -c 200000 /dev/zero >&2; exit 7");
    much.errors = Subprocess::Errors::apart;
    much.most = 2'000'000;
    const auto result = Subprocess::run(much, plenty);
    CHECK(result.status == 7);
    CHECK(result.output == std::string(2'000'000, 'x'));
    CHECK(result.error.size() == 200'000);
}

TEST_CASE("The time limit kills a subprocess, and keeps what it has said") {
    const auto result = Subprocess::run(shell("echo begun; exec sleep 600"), 300ms);
    CHECK(result.late);
    CHECK(result.signal == SIGKILL);
    CHECK(result.output == "begun\n");
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);  // nothing is left to reap
}

TEST_CASE("A process that it leaves behind is not waited for") {
    const auto result = Subprocess::run(shell("sleep 600 & echo $!"), plenty);
    CHECK_FALSE(result.late);
    CHECK(result.status == 0);
    CHECK(::kill(std::stoi(result.output), SIGKILL) == 0);
}

TEST_CASE("A subprocess that closes its output is waited for all the same") {
    const auto result = Subprocess::run(shell("exec >&- 2>&-; sleep 0.1; exit 5"), plenty);
    CHECK(result.status == 5);
    CHECK_FALSE(result.heard.has_value());
}

TEST_CASE("A program that is not there is a problem, not an end") {
    for (const char* name : {"/nowhere/at/all", "no-such-program-anywhere"}) {
        const auto result = Subprocess::run({.argv = {name}}, plenty);
        CHECK(result.problem == ENOENT);
        CHECK_FALSE(result.late);
    }
}

TEST_CASE("A subprocess that a signal ends") {
    const auto result = Subprocess::run(shell("kill -TERM $$"), plenty);
    CHECK(result.signal == SIGTERM);
    CHECK(result.status == 128 + SIGTERM);
}

TEST_CASE("Several are waited for at the same time") {
    std::vector<Subprocess> all(1);  // one that was never started
    for (const char* script : {"echo 1", "sleep 0.2; echo 2", "echo 3; exec sleep 600"})
        all.emplace_back(shell(script));
    Subprocess::wait(all, 2s);
    CHECK(all[1].result().output == "1\n");
    CHECK(all[2].result().output == "2\n");
    CHECK(all[3].result().output == "3\n");
    CHECK_FALSE(all[2].result().late);
    CHECK(all[3].result().late);
}

TEST_CASE("A child that this process has forked is waited for likewise") {
    auto output = hecaton::detail::make_pipe();
    const pid_t child = ::fork();
    if (child == 0) {
        [[maybe_unused]] const auto written = ::write(output.write.get(), "here", 4);
        ::_exit(9);
    }
    output.write.reset();
    Subprocess adopted(child, std::move(output.read));
    Subprocess::wait({&adopted, 1}, plenty);
    CHECK(adopted.result().status == 9);
    CHECK(adopted.result().output == "here");
}

TEST_CASE("Subprocesses leak no descriptors and no children") {
    const auto before = open_files();
    for (int i = 0; i < 20; ++i) {
        auto options = shell("cat; echo x >&2");
        options.input = "y";
        options.errors = Subprocess::Errors::apart;
        Subprocess::run(options, plenty);
        Subprocess::run({.argv = {"/nowhere/at/all"}, .input = "z"}, plenty);
        const Subprocess dropped(shell("exec sleep 600"));
    }
    CHECK(open_files() == before);
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("A subprocess is heard where this process has closed its standard streams") {
    auto report = hecaton::detail::make_pipe();
    const pid_t child = ::fork();
    if (child == 0) {
        for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::close(stream);
        auto options = shell("cat; echo err >&2");
        options.input = "in";
        options.errors = Subprocess::Errors::apart;
        const auto result = Subprocess::run(options, plenty);
        const std::string all = result.output + "/" + result.error;
        [[maybe_unused]] const auto written = ::write(report.write.get(), all.data(), all.size());
        ::_exit(0);
    }
    report.write.reset();
    Subprocess reporter(child, std::move(report.read));
    Subprocess::wait({&reporter, 1}, plenty);
    CHECK(reporter.result().output == "in/err\n");
}

// What hecaton top shows, and how it learns of it.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <support/catch.hpp>
#include <thread>
#include <vector>

#include <launcher/base/print.hpp>
#include <launcher/live/run_socket.hpp>
#include <launcher/live/snapshot.hpp>
#include <launcher/top/screen.hpp>

using namespace hecaton;
using namespace launcher;
using lines = std::vector<std::string>;

namespace {

Snapshot run() {
    Snapshot made{.pid = 42, .host = "node1", .command = {"hecaton", "run", "./a b"}, .started = 1'000, .taken = 1'130};
    made.ranks = made.alive = 4;
    made.busy = 3;
    made.items = {
        {2, "node2", {.running = true, .known = true, .index = 9, .items = 50, .name = "sweep", .held = 60'000}},
        {1, "node1", {.running = true, .known = true, .index = 7, .attempt = 2}},
        {3, "node2", {.running = true, .known = true, .index = 8, .items = 50, .name = "sweep"}}};
    made.calls = {{.number = 3, .name = "sweep", .items = 50, .done = 10, .milliseconds = 20'000}};
    return made;
}

class OwnFolder {
  public:
    OwnFolder() {
        char name[] = "/tmp/hecaton-top-XXXXXX";
        path_ = ::mkdtemp(name);
        ::setenv("XDG_RUNTIME_DIR", path_.c_str(), 1);
    }
    ~OwnFolder() {
        std::filesystem::remove_all(path_);
        ::unsetenv("XDG_RUNTIME_DIR");
    }
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

}  // namespace

TEST_CASE("a snapshot is one line of text") {
    const auto text = encode(run());
    CHECK(text.find('\n') == std::string::npos);
    const auto back = decode_snapshot(text).value();
    CHECK(encode(back) == text);
    CHECK(back.items.at(1).item.attempt == 2);
    CHECK(back.calls.at(0).milliseconds == 20'000);
    CHECK_FALSE(decode_snapshot("no JSON"));
    CHECK(decode_snapshot("{}").value().items.empty());
}

TEST_CASE("a run is shown with its calls and its ranks") {
    top::Screen screen;
    screen.now(run());
    CHECK(screen.lines(0, 200) ==
          lines{"42 on node1, for 130 s: 4 of 4 ranks run, 3 of them an item", "  hecaton run './a b'",
                "sweep [=====>                      ] 20 %, 10 of 50, 0.50/s, 61 to 117 s left",
                "rank  host   for            call   item", "   2  node2  60 s           sweep  9 of 50",
                "   1  node1  less than 1 s  -      7, attempt 2", "   3  node2  less than 1 s  sweep  8 of 50"});
    const auto small = screen.lines(6, 20);
    REQUIRE(small.size() == 6);
    CHECK(small.back() == "and 2 more, for less");
    CHECK(screen.lines(2, 80).size() == 2);
}

TEST_CASE("a run is asked over a socket that only its user has, and that goes with it") {
    const OwnFolder folder;
    CHECK(all_runs().empty());
    CHECK_FALSE(ask_run(::getpid()));
    {
        RunSocket socket;
        REQUIRE(socket.listening() >= 0);
        CHECK(all_runs() == std::vector<pid_t>{::getpid()});
        std::thread run([&] {
            while (!socket.anybody_asks()) {
                ::usleep(1'000);
                socket.accept();
            }
            socket.answer(std::string(50'000, 'x'));
        });
        CHECK(ask_run(::getpid()) == std::string(50'000, 'x'));
        run.join();
    }
    CHECK(all_runs().empty());
    std::filesystem::create_directory(folder.path() + "/hecaton/1");  // what is no socket is left alone
    CHECK_FALSE(ask_run(1));
    ::chmod((folder.path() + "/hecaton").c_str(), 0755);
    CHECK(folder_of_runs().empty());
    CHECK(RunSocket().listening() == -1);
}

// The last of an engine's shims removes its session directory when the engine and the launcher are gone, and no other
// directory.
#include <fmt/format.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <support/catch.hpp>
#include <thread>

#include <launcher/cleanup/leftovers.hpp>
#include <launcher/shim/session.hpp>

using namespace hecaton;
using launcher::Descriptor;
using launcher::Session;
using launcher::session_directory;
namespace fs = std::filesystem;

namespace {

std::string directory_in(const std::string& path) { return session_directory({{"PMIX_SERVER_TMPDIR", path}}); }

// Stands for the engine: a process that sleeps until it is killed.
class Engine {
  public:
    Engine() : pid_(::fork()) {
        if (pid_ == 0)
            for (;;) ::pause();
    }
    ~Engine() { kill(); }
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    void kill() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
        pid_ = 0;
    }
    Descriptor handle() const { return Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0))); }

  private:
    pid_t pid_;
};

// ompi.here.0/pid.1 of that engine, and pid.2 of another.
class Folders {
  public:
    Folders() {
        std::string name = fs::temp_directory_path() / "hecaton-session-XXXXXX";
        base_ = ::mkdtemp(name.data());
        fs::create_directories(ours() / "0");
        fs::create_directories(others());
    }
    ~Folders() { fs::remove_all(base_); }
    Folders(const Folders&) = delete;
    Folders& operator=(const Folders&) = delete;

    fs::path base() const { return base_; }
    fs::path ours() const { return base_ / "ompi.here.0" / "pid.1"; }
    fs::path others() const { return base_ / "ompi.here.0" / "pid.2"; }
    detail::launch::Variables variables() const { return {{"PMIX_SERVER_TMPDIR", ours().string()}}; }

  private:
    fs::path base_;
};

}  // namespace

TEST_CASE("a session directory is known by its name") {
    CHECK(directory_in("/tmp/ompi.node1.1000/pid.4242") == "/tmp/ompi.node1.1000/pid.4242");
    CHECK(directory_in("/tmp/ompi.node2.1000/jf.17") == "/tmp/ompi.node2.1000/jf.17");
    CHECK(directory_in("/tmp/prterun.node1.4242.1000") == "/tmp/prterun.node1.4242.1000");
    CHECK(directory_in("/tmp/prterun.node1.4242.1000/1/0") == "/tmp/prterun.node1.4242.1000");
    for (const char* path : {"", "/", "/tmp", "/tmp/ompi.node1.1000", "/tmp/pid.4242", "/var/spool/slurmd/pmix.17.0"})
        CHECK(directory_in(path).empty());
    CHECK(session_directory({}).empty());
}

TEST_CASE("the last of an engine's shims removes its session directory") {
    const Folders folders;
    Engine engine;
    Session first(engine.handle(), folders.variables());
    Session last(engine.handle(), folders.variables());
    engine.kill();
    first.leave();
    CHECK(fs::exists(folders.ours()));
    last.leave();
    CHECK_FALSE(fs::exists(folders.ours()));
    CHECK(fs::exists(folders.others()));
}

TEST_CASE("shims that leave together leave nothing") {
    const Folders folders;
    Engine engine;
    Session first(engine.handle(), folders.variables());
    Session second(engine.handle(), folders.variables());
    engine.kill();
    std::thread beside([&] { first.leave(); });
    second.leave();
    beside.join();
    CHECK_FALSE(fs::exists(folders.ours()));
}

TEST_CASE("nothing is removed before the engine has ended") {
    const Folders folders;
    Engine engine;
    Session session(engine.handle(), folders.variables());
    std::thread leaving([&] { session.leave(); });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    CHECK(fs::exists(folders.ours()));
    engine.kill();
    leaving.join();
    CHECK_FALSE(fs::exists(folders.ours()));
}

TEST_CASE("an engine that does not end is killed by the last of its shims") {
    const Folders folders;
    Engine engine;
    Session first(engine.handle(), folders.variables());
    Session last(engine.handle(), folders.variables());
    const Descriptor handle = engine.handle();
    pollfd ended{handle.get(), POLLIN, 0};
    first.leave();
    CHECK(::poll(&ended, 1, 0) == 0);
    last.leave();
    CHECK(::poll(&ended, 1, 0) == 1);
    CHECK_FALSE(fs::exists(folders.ours()));
}

TEST_CASE("an mpirun that was killed right after it had removed its directory leaves no empty one of its user") {
    const Folders folders;
    const fs::path user = folders.base() / fmt::format("ompi.there.{}", ::getuid());
    fs::create_directories(user / "pid.2");
    launcher::remove_session(1, {{"TMPDIR", folders.base().string()}});
    CHECK(fs::exists(user / "pid.2"));
    fs::remove(user / "pid.2");
    launcher::remove_session(1, {{"TMPDIR", folders.base().string()}});
    CHECK_FALSE(fs::exists(user));
}

TEST_CASE("a directory that has taken the name since is not touched") {
    const Folders folders;
    Engine engine;
    Session session(engine.handle(), folders.variables());
    fs::rename(folders.ours(), folders.others() / "away");
    fs::create_directories(folders.ours());
    engine.kill();
    session.leave();
    CHECK(fs::exists(folders.ours()));
}

TEST_CASE("without an engine to look at, nothing is removed") {
    const Folders folders;
    Session session(Descriptor(), folders.variables());
    session.leave();
    CHECK(fs::exists(folders.ours()));
}

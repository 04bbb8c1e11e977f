// The shim's work on a rank, from the launcher's end of the connection.
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <hecaton/foundation/descriptor.hpp>
#include <string>
#include <support/catch.hpp>
#include <support/events.hpp>
#include <support/processes.hpp>
#include <utility>

#include <launcher/link/channel.hpp>
#include <launcher/shim/crowding.hpp>
#include <launcher/shim/keeper.hpp>

using namespace hecaton;
using namespace launcher;
using link::Kind;

namespace {

// The place of a shim: with so many ranks on its machine; on another machine than the launcher, where an engine that is
// gone has left a session's folder.
struct Place {
    int ranks = 1;
    std::string session = {};
};

// A shim in a process of its own, around `cat`.
class Shim {
  public:
    explicit Shim(const Place& place = {}) : Shim(detail::make_socket_pair(), detail::make_pipe(), place) {}
    ~Shim() {
        if (pid_ > 0) ::kill(pid_, SIGKILL);  // the kernel ends the rank then
    }
    Shim(const Shim&) = delete;
    Shim& operator=(const Shim&) = delete;

    // The next message, which has to be of that kind.
    std::string next(Kind kind) {
        for (;;) {
            if (const auto frame = launcher_.next()) {
                REQUIRE(frame->kind == kind);
                return frame->body;
            }
            REQUIRE(launcher_.receive());
        }
    }
    void send(std::string_view bytes) { launcher_.send(bytes); }
    void hang_up() { launcher_.close(); }
    // The rank ends well, and all is told.
    void end_rank() {
        next(Kind::hello);
        send(link::frame(Kind::input_end));
        next(Kind::ended);
        next(Kind::closed);
    }

    bool ends_within(int milliseconds) {
        pollfd end{launcher_.socket(), POLLIN, 0};
        return ::poll(&end, 1, milliseconds) > 0;
    }

    int status() {
        int result = 0;
        ::waitpid(std::exchange(pid_, 0), &result, 0);
        REQUIRE(WIFEXITED(result));
        return WEXITSTATUS(result);
    }

  private:
    Shim(detail::SocketPair sockets, detail::Pipe stub, const Place& place)
        : launcher_(std::move(sockets.ours)), stub_(std::move(stub)) {
        pid_ = ::fork();
        if (pid_ != 0) return;
        { const Channel closed(std::move(launcher_)); }
        std::string program = "/bin/cat";
        char* argv[] = {program.data(), nullptr};
        link::Address address;
        address.grace = address.link_timeout = 60'000;
        const bool here = place.session.empty();
        Session session(here ? Descriptor() : Descriptor(::open("/dev/null", O_RDONLY)),  // which is readable
                        {{"PMIX_SERVER_TMPDIR", place.session}});
        sigset_t mask;
        ::sigemptyset(&mask);
        ::setenv("OMPI_COMM_WORLD_RANK", "0", 1);
        ::setenv("OMPI_COMM_WORLD_LOCAL_RANK", "0", 1);
        ::setenv("OMPI_COMM_WORLD_LOCAL_SIZE", std::to_string(place.ranks).c_str(), 1);
        stub_.write.reset();
        ::_exit(keep_rank(argv, address, std::move(sockets.theirs), here, std::move(stub_.read), session, mask));
    }

    Channel launcher_;
    detail::Pipe stub_;
    pid_t pid_ = 0;
};

}  // namespace

TEST_CASE("a rank that ends well, its output and its end are told") {
    Shim shim;
    CHECK(link::decode_hello(shim.next(Kind::hello)).rank == 0);
    shim.send(link::frame(Kind::input, "some words\n"));
    shim.send(link::frame(Kind::input_end));
    CHECK(shim.next(Kind::taken) == "11");
    CHECK(shim.next(Kind::output) == "some words\n");
    const auto end = link::decode_ended(shim.next(Kind::ended));
    CHECK(end.status == 0);
    CHECK(end.fault.empty());
    shim.next(Kind::closed);
    CHECK(shim.status() == 0);
}

TEST_CASE("among many ranks on a core, one that ended well stays one for the engine until all have ended") {
    Shim shim({.ranks = 1'000'000});
    shim.end_rank();
    CHECK_FALSE(shim.ends_within(100));
    shim.send(link::frame(Kind::leave));
    CHECK(shim.status() == 0);

    Shim few({.ranks = crowding_here().cores + 1});
    few.end_rank();
    CHECK(few.status() == 0);  // after a moment
}

// It would wait for the engine otherwise, which waits for it.
TEST_CASE("a launcher that ends when all is told is not lost to a shim on another machine") {
    std::string folder = std::filesystem::temp_directory_path() / "hecaton-keeper-XXXXXX";
    REQUIRE(::mkdtemp(folder.data()) != nullptr);
    const std::string session = folder + "/prterun.h1.1.0";
    std::filesystem::create_directory(session);
    {
        Shim shim({.session = session});
        shim.end_rank();
        shim.hang_up();
        CHECK(shim.status() == 0);
        CHECK(std::filesystem::exists(session));
    }
    {
        Shim shim({.session = session});
        shim.next(Kind::hello);
        shim.hang_up();
        CHECK(shim.status() == 128 + SIGTERM);
        CHECK_FALSE(std::filesystem::exists(session));
    }
    std::filesystem::remove_all(folder);
}

TEST_CASE("the more ranks share a core, the later the kernel may wake them") {
    using namespace std::chrono_literals;
    CHECK(timer_slack({.ranks = 1, .cores = 2}) == 0ns);
    CHECK(timer_slack({.ranks = 2, .cores = 2}) == 0ns);
    CHECK(timer_slack({.ranks = 3, .cores = 2}) == 75us);
    CHECK(timer_slack({.ranks = 500, .cores = 2}) == 12'500us);
    CHECK(time_for_goodbye({.ranks = 2, .cores = 2}) == 0ms);
    CHECK(time_for_goodbye({.ranks = 500, .cores = 2}) == 12'500ms);
}

TEST_CASE("a shim that fails says so, and leaves no rank") {
    Shim shim;
    const pid_t rank = link::decode_hello(shim.next(Kind::hello)).pid;
    CHECK(test::runs(rank));
    shim.send("\xff\xff\xff\xff!");  // a message of four gigabytes
    const auto end = link::decode_ended(shim.next(Kind::ended));
    CHECK(end.fault == "not a frame");
    CHECK(end.signal == SIGKILL);
    shim.next(Kind::closed);
    CHECK(shim.status() == 128 + SIGKILL);
    test::wait_until([&] { return !test::runs(rank); });
}

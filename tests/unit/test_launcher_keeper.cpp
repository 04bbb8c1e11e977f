// The shim's work on a rank, from the launcher's end of the connection.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <hecaton/foundation/descriptor.hpp>
#include <string>
#include <support/catch.hpp>
#include <support/events.hpp>
#include <support/processes.hpp>
#include <utility>

#include <launcher/link/channel.hpp>
#include <launcher/shim/keeper.hpp>

using namespace hecaton;
using namespace launcher;
using link::Kind;

namespace {

// A shim in a process of its own, around `cat`.
class Shim {
  public:
    Shim() : Shim(detail::make_socket_pair(), detail::make_pipe()) {}
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

    int status() {
        int result = 0;
        ::waitpid(std::exchange(pid_, 0), &result, 0);
        REQUIRE(WIFEXITED(result));
        return WEXITSTATUS(result);
    }

  private:
    Shim(detail::SocketPair sockets, detail::Pipe stub) : launcher_(std::move(sockets.ours)), stub_(std::move(stub)) {
        pid_ = ::fork();
        if (pid_ != 0) return;
        { const Channel closed(std::move(launcher_)); }
        std::string program = "/bin/cat";
        char* argv[] = {program.data(), nullptr};
        link::Address address;
        address.grace = address.link_timeout = 60'000;
        Session session(Descriptor(), {});
        sigset_t mask;
        ::sigemptyset(&mask);
        ::setenv("OMPI_COMM_WORLD_RANK", "0", 1);
        stub_.write.reset();
        ::_exit(keep_rank(argv, address, std::move(sockets.theirs), true, std::move(stub_.read), session, mask));
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

// Files that cannot be read to their end, and the looks at processes that end meanwhile.
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <support/catch.hpp>

#include <launcher/base/files.hpp>
#include <launcher/watch/loaded_mpi.hpp>

using namespace hecaton::launcher;

TEST_CASE("a file whose read fails has no text, and neither has one that is not there") {
    CHECK(text_of("/proc/self/mem").empty());  // EIO: nothing is at address 0
    CHECK(text_of("/").empty());
    CHECK(text_of("/nowhere/at/all").empty());
    CHECK(text_of("/proc/self/comm") == "test_launcher_f\n");
    CHECK(entries_of("/nowhere").empty());
    CHECK(entries_of("/proc/self/comm").empty());
    CHECK(entries_of("/proc/self/fdinfo").size() >= 3);
}

TEST_CASE("a rank is looked at whose children end all the time") {
    const pid_t rank = ::fork();
    if (rank == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // where the test is ended in the middle
        for (;;) {
            for (int i = 0; i < 4; ++i)
                if (::fork() == 0) ::_exit(0);
            while (::waitpid(-1, nullptr, 0) > 0) {
            }
        }
    }
    for (int i = 0; i < 3'000; ++i)  // one in some hundred meets a child at its end
        CHECK_NOTHROW(MpiWatch(true).look(rank));
    ::kill(rank, SIGKILL);
    ::waitpid(rank, nullptr, 0);
}

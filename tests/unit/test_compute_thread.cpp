// The thread on which the root's own worker runs items.
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <hecaton/tasks/compute_thread.hpp>
#include <support/catch.hpp>
#include <support/skip.hpp>

using hecaton::detail::compute_stack_size;
using hecaton::detail::ComputeThread;

namespace {

constexpr std::size_t MiB = 1024 * 1024;

// Limits are the process's, so each is tried in a process of its own. Gives the stack of a thread there, in MiB.
int stack_under(rlim_t limit) {
    const pid_t child = ::fork();
    if (child == 0) {
        rlimit both{};
        ::getrlimit(RLIMIT_STACK, &both);
        both.rlim_cur = limit;
        if (::setrlimit(RLIMIT_STACK, &both) != 0) ::_exit(255);
        std::size_t size = 0;
        ComputeThread thread;
        thread.start([&size] {
            pthread_attr_t attributes;
            ::pthread_getattr_np(::pthread_self(), &attributes);
            ::pthread_attr_getstacksize(&attributes, &size);
            ::pthread_attr_destroy(&attributes);
        });
        thread.join();
        ::_exit(static_cast<int>(size / MiB));
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("a computing thread has the stack that the limit says") {
    CHECK(stack_under(24 * MiB) == 24);
    CHECK(stack_under(3 * MiB) >= 3);  // the C library may have a larger one left over
}

TEST_CASE("without a limit it has 64 MiB") {
    rlimit limit{};
    ::getrlimit(RLIMIT_STACK, &limit);
    if (limit.rlim_max != RLIM_INFINITY) return hecaton::test::skip("the hard limit of the stack cannot be lifted");
    CHECK(stack_under(RLIM_INFINITY) == 64);
}

TEST_CASE("a thread that was not started, joined or detached can go") {
    const ComputeThread never;
    CHECK_FALSE(never.joinable());
    ComputeThread detached;
    detached.start([] {});
    detached.detach();
    CHECK_FALSE(detached.joinable());
}

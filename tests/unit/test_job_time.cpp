// How a process learns of its job's end.
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <hecaton/job/job_time.hpp>
#include <support/catch.hpp>

using namespace hecaton::detail;
using namespace std::chrono_literals;

namespace {

// Whether `check` holds in a process of its own, since what is told stays told.
template <class Check>
bool holds(const Check& check) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(check() ? 0 : 1);
    int result = 0;
    return ::waitpid(child, &result, 0) == child && WIFEXITED(result) && WEXITSTATUS(result) == 0;
}

}  // namespace

TEST_CASE("without an end there is all the time") {
    CHECK(job_time() == JobTime{});
    CHECK(std::isinf(seconds_left()));
}

TEST_CASE("an end that is told, and one that is past") {
    CHECK(holds([] {
        set_job_time({.end = Deadline::clock::now() + 1h});
        const bool an_hour = seconds_left() > 3'000 && seconds_left() <= 3'600 && !job_time().winding_up;
        set_job_time({.end = Deadline::clock::now() - 1h});
        return an_hour && seconds_left() == 0;
    }));
}

TEST_CASE("what the launcher tells goes before") {
    CHECK(holds([] {
        ToldTime told;
        set_job_time({.end = Deadline::clock::now() + 1h});
        heed(told);
        const bool own = seconds_left() > 3'000 && told.heeding_pid == ::getpid();
        told.end_at(Deadline::clock::now() + 60s);
        const bool launchers = seconds_left() <= 60 && !job_time().winding_up;
        told.wind_up();
        return own && launchers && job_time().winding_up && seconds_left() > 30;
    }));
}

TEST_CASE("a warning says that the end is near, unless it is known") {
    CHECK(holds([] {
        heed_warnings();
        ::raise(SIGUSR2);
        return job_time().winding_up && seconds_left() <= 30 && seconds_left() > 20;
    }));
    CHECK(holds([] {
        set_job_time({.end = Deadline::clock::now() + 1h});
        heed_warnings();
        ::raise(SIGUSR2);
        return job_time().winding_up && seconds_left() > 3'000;
    }));
    CHECK(holds([] {
        ToldTime told;
        told.end_at(Deadline::clock::now() + 1h);
        heed(told);
        heed_warnings();
        ::raise(SIGUSR2);
        return job_time().winding_up && seconds_left() > 3'000;
    }));
}

TEST_CASE("a program that has its own use for the signal keeps it") {
    CHECK(holds([] {
        ::signal(SIGUSR2, SIG_IGN);
        heed_warnings();
        ::raise(SIGUSR2);
        return job_time() == JobTime{};
    }));
}

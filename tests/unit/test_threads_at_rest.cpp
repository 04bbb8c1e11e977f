#include <pthread.h>

#include <atomic>
#include <chrono>
#include <hecaton/launch/threads_at_rest.hpp>
#include <semaphore>
#include <support/catch.hpp>
#include <thread>

using namespace std::chrono_literals;
using hecaton::detail::launch::wait_for_threads_at_rest;

TEST_CASE("a thread that sleeps is at rest, one that computes is not") {
    CHECK(wait_for_threads_at_rest(10s));
    std::binary_semaphore end_sleep{0};
    std::thread sleeper([&] { end_sleep.acquire(); });
    CHECK(wait_for_threads_at_rest(10s));

    std::atomic<bool> compute = true;
    std::thread computing([&] {
        ::pthread_setname_np(::pthread_self(), ") S 1 (");  // a name is no state
        while (compute) {
        }
    });
    CHECK_FALSE(wait_for_threads_at_rest(20ms));
    compute = false;
    CHECK(wait_for_threads_at_rest(10s));
    computing.join();
    end_sleep.release();
    sleeper.join();
}

TEST_CASE("work that a thread has been given is waited for") {
    std::atomic<bool> done = false;
    std::binary_semaphore work{0};
    std::thread worker([&] {
        work.acquire();
        const auto end = std::chrono::steady_clock::now() + 30ms;
        while (std::chrono::steady_clock::now() < end) {
        }
        done = true;
    });
    CHECK(wait_for_threads_at_rest(10s));  // it has come to its wait
    work.release();
    CHECK(wait_for_threads_at_rest(10s));
    CHECK(done);
    worker.join();
}

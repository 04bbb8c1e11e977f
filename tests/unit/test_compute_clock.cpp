// ComputeClock: threads that share a core do not each seem to have it for themselves.
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <ctime>
#include <functional>
#include <hecaton/foundation/compute_clock.hpp>
#include <semaphore>
#include <support/catch.hpp>
#include <support/skip.hpp>
#include <thread>
#include <vector>

using hecaton::detail::ComputeClock;
using hecaton::detail::steady_ns;
using namespace std::chrono_literals;

namespace {

constexpr const char* counted = "/proc/thread-self/schedstat";
constexpr const char* not_counted = "/dev/null";

double processor_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

void compute(double seconds) {
    volatile double sink = 0;
    for (const double begin = processor_seconds(); processor_seconds() - begin < seconds;)
        for (int i = 0; i < 500; ++i) sink = sink + 1;
}

// Keeps this thread and others that compute all the time on one core.
class SharedCore {
  public:
    explicit SharedCore(int neighbours) {
        ::pthread_getaffinity_np(::pthread_self(), sizeof before_, &before_);
        cpu_set_t one;
        CPU_ZERO(&one);
        for (std::size_t cpu = 0; CPU_COUNT(&one) == 0 && cpu < CPU_SETSIZE; ++cpu)
            if (CPU_ISSET(cpu, &before_)) CPU_SET(cpu, &one);
        ::pthread_setaffinity_np(::pthread_self(), sizeof one, &one);  // threads that it makes are there, too
        for (int i = 0; i < neighbours; ++i)
            threads_.emplace_back([this] {
                while (!over_.load(std::memory_order_relaxed)) compute(1e-5);
            });
    }
    ~SharedCore() {
        over_.store(true);
        for (auto& thread : threads_) thread.join();
        ::pthread_setaffinity_np(::pthread_self(), sizeof before_, &before_);
    }
    SharedCore(const SharedCore&) = delete;
    SharedCore& operator=(const SharedCore&) = delete;

  private:
    cpu_set_t before_{};
    std::atomic<bool> over_{false};
    std::vector<std::thread> threads_;
};

struct Sums {
    double measured = 0;
    double processor = 0;
    double wall = 0;
};

Sums measure(
    ComputeClock& clock, int intervals, const std::function<void()>& work,
    const std::function<void()>& between = [] {}) {
    Sums sums;
    for (int i = 0; i < intervals; ++i) {
        const std::int64_t begin = clock.begin(steady_ns());
        const double processor = processor_seconds();
        work();
        const std::int64_t now = steady_ns();
        const double measured = clock.end(now);
        const double wall = static_cast<double>(now - begin) * 1e-9;
        if (measured < 0 || measured > wall) FAIL("measured " << measured << " s in an interval of " << wall << " s");
        sums.measured += measured;
        sums.processor += processor_seconds() - processor;
        sums.wall += wall;
        between();
    }
    return sums;
}

// A machine that is itself a guest loses its cores now and then, which nothing counts as waiting: one of three.
void check_close(const std::function<double()>& ratio) {
    double found = 0;
    for (int i = 0; i < 3; ++i) {
        found = ratio();
        if (std::abs(found - 1) < 0.15) return;
    }
    CHECK(found == Approx(1).margin(0.15));
}

bool counts_waits() {
    if (::access(counted, R_OK) == 0) return true;
    hecaton::test::skip("needs /proc/thread-self/schedstat, which this kernel does not have");
    return false;
}

}  // namespace

TEST_CASE("what a thread computes beside others on its core is its CPU time, however long it is measured at a time") {
    if (!counts_waits()) return;
    const SharedCore core(3);
    for (const char* file : {counted, not_counted}) {
        for (const double piece : {2e-5, 5e-4, 3e-2}) {
            CAPTURE(file, piece);
            check_close([&] {
                ComputeClock clock(file);
                const Sums sums = measure(clock, static_cast<int>(0.1 / piece), [=] { compute(piece); });
                return sums.measured / sums.processor;
            });
        }
    }
}

TEST_CASE("the first interval after the thread was idle is measured like any other") {
    if (!counts_waits()) return;
    const SharedCore core(1);
    ComputeClock clock;
    check_close([&] {
        const Sums sums = measure(
            clock, 5, [] { compute(2e-2); }, [] { std::this_thread::sleep_for(2ms); });
        return sums.measured / sums.processor;
    });
}

TEST_CASE("waits for a core between two intervals are not taken off") {
    if (!counts_waits()) return;
    const SharedCore core(1);
    ComputeClock clock;
    check_close([&] {
        const Sums sums = measure(
            clock, 200, [] { compute(3e-4); }, [] { std::this_thread::yield(); });
        return sums.measured / sums.processor;
    });
}

TEST_CASE("nor are short ones, as when a message wakes a thread that has little to do") {
    if (!counts_waits()) return;
    const SharedCore core(0);
    std::atomic<bool> over{false};
    std::counting_semaphore<> messages(0);
    std::thread reader([&] {
        for (messages.acquire(); !over.load(); messages.acquire()) compute(2e-5);
    });
    ComputeClock clock;
    check_close([&] {
        const Sums sums = measure(
            clock, 2'000, [] { compute(2e-5); },
            [&] {
                messages.release();
                std::this_thread::yield();
            });
        return sums.measured / sums.processor;
    });
    over.store(true);
    messages.release();
    reader.join();
}

TEST_CASE("what a thread sleeps in an interval counts, also beside others") {
    if (!counts_waits()) return;
    for (const int neighbours : {0, 2}) {
        CAPTURE(neighbours);
        const SharedCore core(neighbours);
        ComputeClock clock;
        check_close([&] { return measure(clock, 5, [] { std::this_thread::sleep_for(20ms); }).measured / 0.1; });
    }
}

TEST_CASE("an interval that was not begun has taken no time, one that was begun twice counts once") {
    ComputeClock clock;
    CHECK(clock.end(steady_ns()) == 0);
    clock.begin(steady_ns());
    std::this_thread::sleep_for(2ms);
    const std::int64_t begin = clock.begin(steady_ns());
    const std::int64_t now = steady_ns();
    CHECK(clock.end(now) <= static_cast<double>(now - begin) * 1e-9);
    CHECK(clock.end(now) == 0);
}

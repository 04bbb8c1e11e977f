// Who drives: the Wheel with a fake step, callers that come and go, a worker that passes by, and the background thread.
//
// Nothing here is a matter of time: a wait that does not end is ended by the limit of the test program.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <hecaton/pool/root/wheel.hpp>
#include <mutex>
#include <random>
#include <support/catch.hpp>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using hecaton::detail::Wheel;
using Clock = std::chrono::steady_clock;

namespace {

// Units that a step takes on, and that a later step finishes. Not atomic where only steps use it, so that a thread
// sanitizer sees steps that overlap.
class FakeWork final : public Wheel::Work {
  public:
    bool step() override {
        const Alone alone(*this);
        ++steps;
        last_driver.store(std::this_thread::get_id());
        const bool any = under_way_ != 0;
        finished.fetch_add(under_way_);
        under_way_ = std::min(asked.load() - taken_, 3);  // not all at once
        taken_ += under_way_;
        if (any && wheel != nullptr) wheel->wake_waiters();
        return any || under_way_ != 0;
    }
    std::chrono::nanoseconds longest_sleep(hecaton::detail::Deadline deadline) override {
        const Alone alone(*this);
        return std::clamp<std::chrono::nanoseconds>(deadline - Clock::now(), 0ns, 20ms);
    }
    bool open() const noexcept override { return always_open || finished.load() < asked.load(); }
    bool iterated() const noexcept override { return iterating; }
    bool passing_worker_busy_for(std::chrono::nanoseconds) const noexcept override { return worker_busy; }

    /// More units; `done` says when so many are finished.
    int ask(int units) {
        const int all = asked.fetch_add(units) + units;
        wheel->bell().ring();
        return all;
    }
    Wheel::Condition done(int units) {
        return [this, units] { return finished.load() >= units; };
    }

    Wheel* wheel = nullptr;
    std::atomic<int> asked{0};
    std::atomic<int> finished{0};
    std::atomic<int> steps{0};
    std::atomic<std::thread::id> last_driver;
    std::atomic<bool> always_open{false};
    std::atomic<bool> iterating{false};
    std::atomic<bool> worker_busy{false};
    std::atomic<bool> overlapped{false};

  private:
    struct Alone {
        explicit Alone(FakeWork& of) : work(of) {
            if (work.inside_.exchange(true)) work.overlapped = true;
        }
        ~Alone() { work.inside_ = false; }
        FakeWork& work;
    };
    std::atomic<bool> inside_{false};
    int under_way_ = 0;
    int taken_ = 0;
};

struct Fixture {
    explicit Fixture(Wheel::Setup setup = {}) : wheel(work, std::move(setup)) { work.wheel = &wheel; }
    ~Fixture() {
        wheel.stop();
        CHECK(!work.overlapped);
    }
    FakeWork work;
    Wheel wheel;
};

template <class Condition>
void await(Condition&& condition) {
    while (!condition()) std::this_thread::sleep_for(100us);
}

const auto never = [] { return false; };

}  // namespace

TEST_CASE("a caller drives until its condition holds") {
    Fixture f;
    CHECK(f.wheel.drive_until(f.work.done(f.work.ask(10))));
    CHECK(f.work.finished == 10);
    CHECK(f.wheel.drive_until([] { return true; }));
    f.wheel.drive_for_now(f.work.done(f.work.ask(5)));
    CHECK(f.work.finished == 15);
    f.work.ask(1);
    f.wheel.step_for_now();
    f.wheel.step_for_now();
    CHECK(f.work.finished == 16);
    CHECK(f.wheel.waiting() == 0);
}

TEST_CASE("a deadline ends a wait, in the seat and in line") {
    Fixture f;
    std::vector<std::thread> threads;
    std::atomic<int> late{0};
    for (int t = 0; t < 3; ++t)
        threads.emplace_back([&] {
            const auto deadline = Clock::now() + 20ms;
            if (!f.wheel.drive_until(never, deadline) && Clock::now() >= deadline) ++late;
        });
    for (auto& thread : threads) thread.join();
    CHECK(late == 3);
}

TEST_CASE("a caller in line takes the seat of one that leaves") {
    Fixture f;
    for (int round = 0; round < 20; ++round) {
        std::thread leaving([&] { f.wheel.drive_until(never, Clock::now() + 2ms); });
        std::thread staying([&, done = f.work.done(f.work.asked + 1)] { f.wheel.drive_until(done); });
        leaving.join();
        f.work.ask(1);
        staying.join();
    }
    CHECK(f.work.finished == 20);
}

TEST_CASE("the background thread drives while nobody waits, and steps aside for a caller") {
    Fixture f;
    const auto this_thread_drives = [&] { return f.work.last_driver.load() == std::this_thread::get_id(); };
    for (int round = 0; round < 5; ++round) {
        f.work.ask(10);
        f.wheel.start_background();
        await([&] { return f.work.finished == f.work.asked; });
        CHECK(!this_thread_drives());
        f.work.always_open = true;
        f.wheel.start_background();
        const int before = f.work.steps;
        await([&] { return f.work.steps > before; });
        f.wheel.drive_until(this_thread_drives);
        f.work.always_open = false;
    }
}

TEST_CASE("the background thread takes over from one that left for now and stays away") {
    Fixture f;
    f.wheel.start_background();
    f.work.iterating = true;
    for (int round = 0; round < 5; ++round) {
        f.wheel.leave_for_now();
        f.wheel.drive_for_now(f.work.done(f.work.ask(3)));
        f.work.ask(10);
        f.wheel.step_for_now();
        await([&] { return f.work.finished == f.work.asked; });
    }
    CHECK(f.work.last_driver.load() != std::this_thread::get_id());
}

TEST_CASE("without a background thread nobody drives but callers") {
    Fixture f({.background = false});
    f.wheel.start_background();
    f.work.ask(3);
    std::this_thread::sleep_for(5ms);
    CHECK(f.work.steps == 0);
    CHECK(f.wheel.drive_until(f.work.done(3)));
}

TEST_CASE("a caller stands by while the worker passes, and drives when that is busy or asleep") {
    Fixture f({.passing = true});
    CHECK(!f.wheel.step_in_passing());  // no work is open
    enum class Worker { passes, in_long_item, asleep, gone };
    std::atomic<Worker> state{Worker::passes};
    std::thread worker([&] {
        while (state != Worker::gone) {
            if (state == Worker::passes) {
                f.wheel.step_in_passing();
            } else {
                f.wheel.end_passing();
            }
            std::this_thread::sleep_for(20us);
        }
        f.wheel.end_passing();
    });
    const auto worker_drives = [&] { return f.work.last_driver.load() == worker.get_id(); };
    const auto caller_drives = [&] { return f.work.last_driver.load() == std::this_thread::get_id(); };
    f.work.always_open = true;
    for (int round = 0; round < 5; ++round) {
        f.wheel.drive_until(worker_drives);
        state = Worker::asleep;
        f.wheel.drive_until(caller_drives);
        state = Worker::passes;
        f.wheel.drive_until(worker_drives);
        f.work.worker_busy = true;
        f.wheel.drive_until(caller_drives);
        f.work.worker_busy = false;
    }
    f.work.iterating = true;  // the worker leaves the results to the thread that wants them
    f.wheel.drive_until(caller_drives);
    const int before = f.work.steps;
    std::this_thread::sleep_for(2ms);
    CHECK(f.work.steps == before);
    state = Worker::gone;
    worker.join();
}

TEST_CASE("stop() ends every wait, and no step is taken after it") {
    for (int round = 0; round < 10; ++round) {
        Fixture f({.passing = true});
        f.work.always_open = true;
        f.wheel.start_background();
        std::atomic<int> unreached{0};
        std::atomic<bool> gone{false};
        std::vector<std::thread> threads;
        for (int t = 0; t < 3; ++t)
            threads.emplace_back([&] {
                if (!f.wheel.drive_until(never)) ++unreached;
            });
        threads.emplace_back([&] { f.wheel.drive_for_now(never); });
        threads.emplace_back([&] {
            while (!gone) f.wheel.step_in_passing();
        });
        await([&] { return f.wheel.waiting() == 4; });
        f.wheel.stop();
        const int steps = f.work.steps;
        gone = true;
        for (auto& thread : threads) thread.join();
        CHECK(unreached == 3);
        f.wheel.start_background();
        f.wheel.step_for_now();
        CHECK(!f.wheel.step_in_passing());
        CHECK(!f.wheel.drive_until(never));
        CHECK(f.wheel.drive_until([] { return true; }));
        CHECK(f.work.steps == steps);
    }
}

TEST_CASE("callers, a worker that passes and the background thread in any order: nothing is lost") {
    for (unsigned seed = 1; seed <= 200; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        const auto chance = [](std::mt19937& of, int most) { return std::uniform_int_distribution<int>(0, most)(of); };
        Fixture f({.background = chance(random, 3) != 0, .passing = chance(random, 3) != 0});
        if (chance(random, 1) != 0) f.wheel.start_background();
        std::atomic<bool> gone{false};
        std::thread worker([&, own = std::mt19937(seed + 1'000)]() mutable {
            while (!gone) {
                for (int steps = chance(own, 50); steps > 0; --steps) f.wheel.step_in_passing();
                f.wheel.end_passing();
                f.work.worker_busy = chance(own, 3) == 0;
                std::this_thread::sleep_for(std::chrono::microseconds(chance(own, 300)));
            }
        });
        std::vector<std::thread> callers;
        std::atomic<int> unfinished{0};
        for (unsigned t = 0; t < 4; ++t)
            callers.emplace_back([&, own = std::mt19937(100 * seed + t)]() mutable {
                for (int i = 0; i < 25; ++i) {
                    const auto done = f.work.done(f.work.ask(chance(own, 5)));
                    switch (chance(own, 5)) {
                        case 0:
                            f.wheel.drive_until(done, Clock::now() + std::chrono::microseconds(chance(own, 200)));
                            break;
                        case 1:
                            f.work.iterating = true;
                            f.wheel.step_for_now();
                            f.wheel.drive_for_now(done);
                            if (!done()) ++unfinished;
                            f.work.iterating = false;
                            break;
                        case 2:
                            f.wheel.start_background();
                            break;
                        case 3:
                            std::this_thread::sleep_for(std::chrono::microseconds(chance(own, 500)));
                            break;
                        default:
                            if (!f.wheel.drive_until(done) || !done()) ++unfinished;
                    }
                }
                f.wheel.drive_until(f.work.done(f.work.asked));
            });
        for (auto& caller : callers) caller.join();
        gone = true;
        worker.join();
        CHECK(unfinished == 0);
        CHECK(f.work.finished == f.work.asked);
        CHECK(f.wheel.waiting() == 0);
    }
}

// What decides whether a caller shares its call, and what looks after one that is away.
#include <atomic>
#include <chrono>
#include <hecaton/pool/caller/item_costs.hpp>
#include <hecaton/pool/caller/share_or_not.hpp>
#include <hecaton/pool/caller/waking_cost.hpp>
#include <hecaton/pool/caller/watchdog.hpp>
#include <hecaton/pool/worker/compute_gate.hpp>
#include <support/catch.hpp>
#include <thread>

using namespace std::chrono_literals;
using namespace hecaton::detail;

TEST_CASE("it pays to share what takes longer than to wake others and to move the bytes") {
    const ShareOrNot two{.workers = 2, .item_bytes = 8};
    CHECK_FALSE(two.pays(1'000, 10e-6));
    CHECK(two.pays(1'000, 1e-3));
    CHECK_FALSE(two.pays(1, 10));
    CHECK_FALSE(ShareOrNot{.workers = 1}.pays(1'000, 10));
    const ShareOrNot big{.workers = 2, .item_bytes = 1 << 20};
    CHECK_FALSE(big.pays(10, 1e-3));
    CHECK(big.pays(10, 100e-3));
    CHECK(ShareOrNot{.workers = 100}.pays(1'000, 0.25e-3));
    CHECK_FALSE(ShareOrNot{.workers = 2, .seconds_to_wake = 1e-3}.pays(1'000, 1e-3));
    CHECK(ShareOrNot{.workers = 2, .seconds_to_wake = 1e-3}.pays(1'000, 3e-3));
}

TEST_CASE("what calls lose by being shared is learned, and fades") {
    WakingCost waking;
    const double usual = ShareOrNot::waking;
    CHECK(waking.seconds(1'000) == Approx(usual));
    for (int i = 0; i < 100; ++i) waking.learn(50e-6, 1'000);  // a quiet machine
    CHECK(waking.seconds(1'000) == Approx(usual));
    waking.learn(3e-3, 1'000);  // bad luck: calls of 2 ms are shared still
    CHECK(ShareOrNot{.workers = 2, .seconds_to_wake = waking.seconds(1'000)}.pays(1'000, 2e-3));
    for (int i = 0; i < 100; ++i) waking.learn(8e-3, 1'000);
    CHECK(waking.seconds(1'000) == Approx(WakingCost::most).epsilon(0.01));
    CHECK(ShareOrNot{.workers = 2, .seconds_to_wake = waking.seconds(1'000)}.pays(1'000, 5.1e-3));
    CHECK(waking.seconds(1'000.5) == Approx(usual + (WakingCost::most - usual) / 2).epsilon(0.01));
    CHECK(waking.seconds(1'010) == Approx(usual).epsilon(0.01));
    CHECK(waking.seconds(900) == Approx(WakingCost::most).epsilon(0.01));  // another thread looked at its clock earlier
}

// A machine on which a rank that is woken waits for 3 ms, seen by calls of 1.4 ms in a loop.
TEST_CASE("on a busy machine calls that are shorter than the way to others are seldom shared") {
    WakingCost waking;
    double now = 1'000;
    int shared = 0;
    for (int calls = 0; calls < 5'000; ++calls) {
        const bool shares = ShareOrNot{.workers = 2, .seconds_to_wake = waking.seconds(now)}.pays(1'000, 1.4e-3);
        now += shares ? 3.7e-3 : 1.4e-3;
        if (!shares) continue;
        ++shared;
        waking.learn(3e-3, now);
    }
    CHECK(shared > 5);
    CHECK(shared < 100);
}

TEST_CASE("costs are learned by callable, and the last calls count most") {
    ItemCosts costs;
    const CostKey key{.task = 3, .function = 77};
    CHECK(costs.of(key) < 0);
    costs.learn(key, 10, 1);
    CHECK(costs.of(key) == Approx(0.1));
    CHECK(costs.of({.task = 3, .function = 78}) < 0);
    CHECK(costs.of({.task = 4, .function = 77}) < 0);
    for (int i = 0; i < 20; ++i) costs.learn(key, 1, 1);
    CHECK(costs.of(key) == Approx(1).epsilon(0.01));
    costs.learn(key, 0, 5);
    CHECK(costs.of(key) == Approx(1).epsilon(0.01));
    for (std::uint64_t i = 0; i < 100'000; ++i) costs.learn({.task = 1, .function = i}, 1, 0);
    CHECK(costs.of({.task = 1, .function = 99'999}) > 0);
}

TEST_CASE("a watchdog barks once when nobody calms it") {
    Watchdog dog;
    std::atomic<int> barks{0};
    dog.watch(1h, [&] { return ++barks < 0; });
    dog.calm();
    dog.watch(1us, [&] { return ++barks < 3; });
    while (barks == 0) std::this_thread::yield();
    dog.calm();
    CHECK(barks >= 1);
    for (int i = 0; i < 1'000; ++i) {
        std::atomic<bool> over{false};  // not touched once calm() has returned
        dog.watch(std::chrono::microseconds(i % 100), [&] { return !over.exchange(true); });
        dog.calm();
    }
}

TEST_CASE("one is inside a gate, and the worker is rung when it could not enter") {
    Bell bell;
    ComputeGate gate(bell);
    CHECK(gate.enter());
    CHECK_FALSE(gate.enter());
    CHECK_FALSE(gate.worker_enters());
    CHECK(gate.enter(2));
    CHECK_FALSE(gate.enter(2));
    gate.leave();
    bell.arm();
    gate.leave();
    CHECK(bell.wait(1h));
    CHECK(gate.worker_enters());
    gate.leave();
}

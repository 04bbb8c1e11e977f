// Processes through the driver and its workers, in one process and without MPI, so that a thread sanitizer sees them.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <hecaton/pool/calls/arguments.hpp>
#include <hecaton/pool/calls/collectors.hpp>
#include <hecaton/pool/calls/map_job.hpp>
#include <hecaton/pool/root/process_state.hpp>
#include <hecaton/survival/process_task.hpp>
#include <hecaton/survival/zygote.hpp>
#include <memory>
#include <support/catch.hpp>
#include <support/events.hpp>
#include <support/in_process_pool.hpp>
#include <thread>
#include <vector>

using namespace hecaton;
using namespace std::chrono_literals;
using detail::ProcessState;
using Phase = ProcessState::Phase;
using test::InProcessPool;

namespace {

using Processes = std::vector<std::shared_ptr<ProcessState>>;

template <class F, class... Args>
std::shared_ptr<ProcessState> start(InProcessPool& pool, F f, Args... args) {
    auto state = std::make_shared<ProcessState>();
    state->phase = Phase::starting;
    pool.driver().start_process(
        state, "test", std::make_shared<const detail::Buffer>(detail::encode_process_task<F, Args...>(f, args...)));
    return state;
}

void started(InProcessPool& pool, const ProcessState& state) {
    pool.driver().wheel().drive_until([&] { return state.phase.load() > Phase::starting; }, detail::no_deadline);
    CHECK(state.pid > 0);
}

int end_of(InProcessPool& pool, const ProcessState& state) {
    pool.driver().wheel().drive_until([&] { return state.over(); }, detail::no_deadline);
    CHECK(state.phase.load() == Phase::ended);
    return WIFEXITED(state.status) ? WEXITSTATUS(state.status) : -WTERMSIG(state.status);
}

void stay() {
    for (;;) ::pause();
}

// The zygote is made when this is called first: all tasks are registered by then, and no thread is there yet.
struct PoolWithZygote : InProcessPool {
    explicit PoolWithZygote(int others) : InProcessPool((detail::make_zygote(), others)) {}
};

}  // namespace

TEST_CASE("processes of several workers, among jobs") {
    PoolWithZygote pool(2);
    const std::vector<int> items(3, 1);
    auto arguments = detail::zip<detail::Lifetime::detached>(items);
    const auto nap = [](int) { std::this_thread::sleep_for(200ms); };
    using Collector = typename detail::VectorOf<detail::result_for_t<decltype(nap), decltype(arguments)>>::type;
    auto job = std::make_shared<detail::MapJob<std::decay_t<decltype(nap)>, decltype(arguments), Collector>>(
        nap, std::move(arguments), Collector(3), MapOptions{.chunk_size = 1});
    pool.driver().submit(job, true);
    Processes processes;
    for (int i = 0; i < 30; ++i)
        processes.push_back(start(
            pool, [](int status, const std::vector<int>& values) { ::_exit(values.size() == 20'000 ? status : 99); }, i,
            std::vector<int>(20'000)));
    for (int i = 0; i < 30; ++i) {
        const ProcessState& state = *processes[static_cast<std::size_t>(i)];
        started(pool, state);
        CHECK(end_of(pool, state) == i);
        CHECK(state.rank == i % 3);
    }
    CHECK(pool.driver().wait(*job));
}

TEST_CASE("signals, from several threads") {
    PoolWithZygote pool(2);
    std::vector<std::thread> threads;
    std::atomic<int> good{0};
    for (int t = 0; t < 3; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 10; ++i) {
                auto state = start(pool, stay);
                pool.driver().wheel().drive_until([&] { return state->phase.load() > Phase::starting; },
                                                  detail::no_deadline);
                pool.driver().signal_process(state, SIGTERM);
                pool.driver().wheel().drive_until([&] { return state->over(); }, detail::no_deadline);
                if (WIFSIGNALED(state->status)) ++good;
            }
        });
    for (auto& thread : threads) thread.join();
    CHECK(good == 30);
}

TEST_CASE("cancel_all asks first, and kills after a second") {
    PoolWithZygote pool(1);
    const test::Gate ready;
    auto polite = start(pool, stay);
    auto stubborn = start(
        pool,
        [](const std::string& passed) {
            ::signal(SIGTERM, SIG_IGN);
            test::pass(passed);
            stay();
        },
        ready.path());
    started(pool, *polite);
    ready.wait_for_arrivals(1);
    const auto begin = std::chrono::steady_clock::now();
    pool.driver().cancel_all();
    CHECK(end_of(pool, *polite) == -SIGTERM);
    CHECK(end_of(pool, *stubborn) == -SIGKILL);
    CHECK(std::chrono::steady_clock::now() - begin > 900ms);
}

TEST_CASE("the end of the pool ends its processes") {
    std::shared_ptr<ProcessState> state;
    {
        PoolWithZygote pool(1);
        state = start(pool, stay);
    }
    CHECK(state->over());
}

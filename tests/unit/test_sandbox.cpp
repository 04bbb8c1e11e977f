// Items in sandboxes, through the driver and its workers in one process, without MPI: what a crash costs, and that
// nothing is left of it.
#include <dirent.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/arguments.hpp>
#include <hecaton/pool/collectors.hpp>
#include <hecaton/pool/fold_job.hpp>
#include <hecaton/pool/map_job.hpp>
#include <hecaton/survival/sandbox.hpp>
#include <hecaton/survival/zygote.hpp>
#include <hecaton/tasks/bind_front.hpp>
#include <memory>
#include <numeric>
#include <sstream>
#include <string>
#include <support/catch.hpp>
#include <support/in_process_pool.hpp>
#include <thread>
#include <vector>

using namespace hecaton;
using namespace std::chrono_literals;
using test::InProcessPool;

namespace {

// The zygote is made when this is called first: all tasks are registered by then, and no thread is there yet.
struct PoolWithZygote : InProcessPool {
    explicit PoolWithZygote(int others, std::function<void()> initializer = {})
        : InProcessPool((detail::make_zygote(), others), std::move(initializer)) {}
};

const std::shared_ptr<const std::vector<std::string>> hosts =
    std::make_shared<const std::vector<std::string>>(4, "here");

template <class T>
auto arguments_of(const std::vector<T>& items) {
    return detail::zip<detail::Lifetime::detached>(items);
}

template <class F, class T>
auto outcomes(InProcessPool& pool, F f, const std::vector<T>& items, MapOptions options = {.isolate = true}) {
    auto arguments = arguments_of(items);
    using Collector = detail::CollectOutcomes<detail::result_for_t<F, decltype(arguments)>>;
    auto job = std::make_shared<detail::MapJob<F, decltype(arguments), Collector>>(
        f, std::move(arguments), Collector(items.size(), hosts), std::move(options));
    pool.driver().submit(job, false);
    pool.driver().wait(*job);
    return job->result();
}

template <class F, class T>
auto map(InProcessPool& pool, F f, const std::vector<T>& items, MapOptions options = {.isolate = true}) {
    auto arguments = arguments_of(items);
    using Collector = typename detail::VectorOf<detail::result_for_t<F, decltype(arguments)>>::type;
    auto job = std::make_shared<detail::MapJob<F, decltype(arguments), Collector>>(
        f, std::move(arguments), Collector(items.size()), std::move(options));
    pool.driver().submit(job, false);
    pool.driver().wait(*job);
    return job->result();
}

std::vector<int> numbers(int n) {
    std::vector<int> result(static_cast<std::size_t>(n));
    std::iota(result.begin(), result.end(), 0);
    return result;
}

// The text of the error of item `index`; "" when it has a value.
template <class R>
std::string error_of(const std::vector<Outcome<R>>& all, std::size_t index) {
    return all.at(index).has_value() ? "" : all.at(index).error().text();
}

// The processes whose parent is `parent`, zombies included.
std::vector<int> children_of(int parent) {
    std::vector<int> found;
    DIR* all = ::opendir("/proc");
    while (const dirent* entry = ::readdir(all)) {
        std::ifstream file("/proc/" + std::string(entry->d_name) + "/stat");
        std::string pid;
        std::string rest;
        char state = 0;
        int its_parent = 0;
        if (!(file >> pid) || !std::getline(file, rest)) continue;
        std::istringstream fields(rest.substr(rest.rfind(')') + 1));
        if (fields >> state >> its_parent && its_parent == parent) found.push_back(std::stoi(pid));
    }
    ::closedir(all);
    return found;
}

std::size_t open_descriptors(int pid) {
    std::size_t count = 0;
    DIR* all = ::opendir(("/proc/" + std::to_string(pid) + "/fd").c_str());
    while (::readdir(all) != nullptr) ++count;
    ::closedir(all);
    return count;
}

bool runs(int pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/cmdline");
    return file.get() != std::char_traits<char>::eof();
}

template <class Done>
bool soon(Done done) {
    for (int i = 0; i < 500 && !done(); ++i) std::this_thread::sleep_for(10ms);
    return done();
}

bool all_sandboxes_gone() {
    return soon([] { return children_of(detail::the_zygote()->pid()).empty(); });
}

// Deep enough for any stack, and not to be optimised away.
volatile bool deeper = true;
int overflow(const volatile int* last) {
    volatile int here[1'024];
    here[0] = last != nullptr ? last[0] + 1 : 0;
    return deeper ? overflow(here) + here[0] : 0;
}

int crash_at_3(int x) {
    if (x != 3) return x * x;
    volatile int* nowhere = nullptr;
    *nowhere = x;
    return x;
}

}  // namespace

TEST_CASE("without a crash the results are as ever") {
    for (const int others : {0, 2}) {
        PoolWithZygote pool(others);
        for (const std::size_t chunk : {0U, 1U, 7U, 10'000U}) {
            CAPTURE(others, chunk);
            const auto squares =
                map(pool, [](int x) { return x * x; }, numbers(2'000), {.chunk_size = chunk, .isolate = true});
            for (std::size_t i = 0; i < squares.size(); ++i) REQUIRE(squares[i] == static_cast<int>(i * i));
        }
        std::vector<std::string> words;
        for (int i = 0; i < 500; ++i) words.push_back("w" + std::to_string(i));
        const auto twice = map(
            pool, [](const std::string& w) { return w + w; }, words);
        for (std::size_t i = 0; i < words.size(); ++i) REQUIRE(twice[i] == words[i] + words[i]);
        map(
            pool, [](int) {}, numbers(100));
    }
    CHECK(all_sandboxes_gone());
}

TEST_CASE("a crash costs its own item, which is run three times; the others are run once") {
    for (const int others : {0, 1}) {
        for (const std::size_t chunk : {0U, 1U, 4U, 100U}) {
            CAPTURE(others, chunk);
            PoolWithZygote pool(others);
            const auto all = outcomes(pool, crash_at_3, numbers(20), {.chunk_size = chunk, .isolate = true});
            for (std::size_t i = 0; i < all.size(); ++i) {
                CAPTURE(i);
                CHECK(all[i].index == i);
                CHECK(all[i].attempts == (i == 3 ? 3U : 1U));
                if (i != 3) CHECK(all[i].value() == static_cast<int>(i * i));
            }
            CHECK(error_of(all, 3) == "killed by SIGSEGV (Segmentation fault) in each of 3 runs");
            CHECK_THROWS_AS(all[3].value(), WorkerLost);
            CHECK(all[3].error().index() == 3);
            CHECK_THROWS_AS(map(pool, crash_at_3, numbers(20)), WorkerLost);
            CHECK(map(pool, crash_at_3, numbers(3)) == std::vector{0, 1, 4});
        }
    }
    CHECK(all_sandboxes_gone());
}

TEST_CASE("all the ways to die are named") {
    PoolWithZygote pool(1);
    const auto die = [](int how) {
        if (how == 0) std::abort();
        if (how == 1) std::exit(3);
        if (how == 2) ::_exit(4);
        if (how == 3) ::raise(SIGKILL);
        if (how == 4) return overflow(nullptr);
        if (how == 5) ::raise(SIGTERM);
        if (how == 6) std::quick_exit(0);
        if (how == 7) [](int thrown) noexcept { std::vector<int>().at(static_cast<std::size_t>(thrown)); }(how);
        return how;
    };
    const auto all = outcomes(pool, die, numbers(9), {.attempts = 1, .isolate = true});
    CHECK(error_of(all, 0) == "killed by SIGABRT (Aborted)");
    CHECK(error_of(all, 1) == "exited with status 3 in the middle of the item");
    CHECK(error_of(all, 2) == "exited with status 4 in the middle of the item");
    CHECK(error_of(all, 3) == "killed by SIGKILL, perhaps by the out-of-memory killer");
    CHECK(error_of(all, 4) == "killed by SIGSEGV (Segmentation fault)");
    CHECK(error_of(all, 5) == "killed by SIGTERM (Terminated)");
    CHECK(error_of(all, 6) == "exited with status 0 in the middle of the item");
    CHECK(error_of(all, 7) == "killed by SIGABRT (Aborted)");
    CHECK(all[8].value() == 8);
    for (const auto& each : all) CHECK(each.attempts == 1);
}

TEST_CASE("an item that crashes at first is well in the end") {
    PoolWithZygote pool(1);
    const auto fragile = [](int x) {
        if (x % 5 == 2 && this_task::attempt() == 1) std::abort();
        if (x % 5 == 4 && this_task::attempt() < 3) ::_exit(1);
        return 100 * x + static_cast<int>(this_task::attempt());
    };
    const auto all = outcomes(pool, fragile, numbers(20));
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::uint32_t runs = i % 5 == 2 ? 2 : i % 5 == 4 ? 3 : 1;
        CHECK(all[i].attempts == runs);
        CHECK(all[i].value() == static_cast<int>(100 * i + runs));
    }
    const auto changing = [](int) {
        if (this_task::attempt() == 1) std::abort();
        std::exit(7);
    };
    CHECK(error_of(outcomes(pool, changing, numbers(1)), 0) ==
          "exited with status 7 in the middle of the item in the last of 3 runs");
}

TEST_CASE("framed items and results, errors among them, survive crashes") {
    PoolWithZygote pool(1);
    std::vector<std::string> words;
    for (int i = 0; i < 60; ++i) words.push_back(std::string(static_cast<std::size_t>(i), 'x'));
    const auto f = [](const std::string& word) -> std::string {
        if (word.size() % 20 == 7) std::abort();
        if (word.size() % 20 == 8) throw std::range_error("eight");
        return word + "!";
    };
    for (const std::size_t chunk : {0U, 3U, 60U}) {
        const auto all = outcomes(pool, f, words, {.chunk_size = chunk, .attempts = 2, .isolate = true});
        for (std::size_t i = 0; i < words.size(); ++i) {
            CAPTURE(i);
            if (i % 20 == 7) {
                CHECK(error_of(all, i) == "killed by SIGABRT (Aborted) in each of 2 runs");
            } else if (i % 20 == 8) {
                CHECK_THROWS_AS(all[i].value(), std::range_error);
            } else {
                CHECK(all[i].value() == words[i] + "!");
            }
        }
    }
}

TEST_CASE("large items and results, with crashes between them") {
    PoolWithZygote pool(1);
    const std::vector<std::vector<double>> items(6, std::vector<double>(500'000, 0.5));
    const auto f = [](std::vector<double> values) {
        if (this_task::index() == 2) std::abort();
        values[0] = static_cast<double>(this_task::index());
        return values;
    };
    const auto all = outcomes(pool, f, items, {.chunk_size = 3, .isolate = true});
    for (std::size_t i = 0; i < all.size(); ++i) {
        CHECK(all[i].has_value() == (i != 2));
        if (i != 2) CHECK((all[i].value().size() == 500'000 && all[i].value()[0] == static_cast<double>(i)));
    }
}

TEST_CASE("memory that is not there is an exception, not a crash") {
    PoolWithZygote pool(0);
    const auto hungry = [](int x) {
        if (x == 1) {
            rlimit limit{};
            ::getrlimit(RLIMIT_AS, &limit);
            limit.rlim_cur = 1UL << 30U;
            ::setrlimit(RLIMIT_AS, &limit);
            std::vector<char> large(4UL << 30U);
            return static_cast<int>(large[x]);
        }
        return x;
    };
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they have address spaces of their own
    const auto all = outcomes(pool, hungry, numbers(3));
    CHECK_THROWS_AS(all[1].value(), std::bad_alloc);
    CHECK(all[2].value() == 2);
#else
    static_cast<void>(hungry);
#endif
}

TEST_CASE("an item that takes too long is killed, and not run again; the others go on") {
    for (const std::size_t chunk : {0U, 1U, 10U}) {
        CAPTURE(chunk);
        PoolWithZygote pool(1);
        const auto slow = [](int x) {
            if (x == 2 || x == 5) std::this_thread::sleep_for(60s);
            return x;
        };
        const auto begin = std::chrono::steady_clock::now();
        const auto all = outcomes(pool, slow, numbers(10), {.chunk_size = chunk, .timeout = 300ms});
        CHECK(std::chrono::steady_clock::now() - begin < 20s);
        for (std::size_t i = 0; i < all.size(); ++i) {
            CHECK(all[i].attempts == 1);
            CHECK(all[i].has_value() == (i != 2 && i != 5));
        }
        CHECK_THROWS_AS(all[2].value(), TaskTimeout);
        CHECK(error_of(all, 5) == "the item took longer than its limit of 0.3 s, and was ended");
        CHECK(all[2].duration >= 300ms);
        CHECK(children_of(detail::the_zygote()->pid()).size() <= 2);
    }
    PoolWithZygote pool(0);
    const auto busy = [](int x) {
        volatile int zero = 0;
        while (x == zero) {
        }
        return x;
    };
    CHECK_THROWS_AS(map(pool, busy, numbers(2), {.timeout = 100ms}), TaskTimeout);
    CHECK(map(pool, busy, std::vector{1}, {.timeout = 1e12s}) == std::vector{1});
}

TEST_CASE("what an item has started ends with it") {
    PoolWithZygote pool(0);
    int line[2];
    REQUIRE(::pipe(line) == 0);  // the sandboxes do not have it: they find it in /proc
    const auto parent = [](const std::string& to, int how) {
        const pid_t child = ::fork();
        if (child == 0)
            for (;;) ::pause();
        std::ofstream(to) << child << std::endl;
        if (how == 0) std::abort();
        if (how == 1) std::this_thread::sleep_for(60s);
    };
    const std::string name = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(line[1]);
    for (const int how : {0, 1}) {
        const auto all =
            outcomes(pool, hecaton::bind_front(parent, name), std::vector{how}, {.timeout = 500ms, .attempts = 1});
        CHECK(!all[0].has_value());
        char text[32]{};
        REQUIRE(::read(line[0], text, sizeof text - 1) > 0);
        const int child = std::atoi(text);
        CHECK(child > 0);
        CHECK(soon([child] { return !runs(child); }));
    }
    ::close(line[0]);
    ::close(line[1]);
}

TEST_CASE("a child of an item that has left its group does not keep the rank waiting") {
    PoolWithZygote pool(0);
    const auto daemon = [](int) {
        if (::fork() == 0) {
            ::setsid();
            std::this_thread::sleep_for(3s);
            ::_exit(0);
        }
        std::this_thread::sleep_for(100ms);  // for the child to get away
        std::abort();
    };
    const auto begin = std::chrono::steady_clock::now();
    const auto all = outcomes(pool, daemon, numbers(1), {.attempts = 1, .isolate = true});
    CHECK(error_of(all, 0) == "killed by SIGABRT (Aborted)");
    CHECK(std::chrono::steady_clock::now() - begin < 2s);
}

TEST_CASE("20 crashes in a row leave nothing behind") {
    PoolWithZygote pool(0);
    const int zygote = detail::the_zygote()->pid();
    CHECK_THROWS_AS(map(pool, crash_at_3, numbers(5)), WorkerLost);
    const std::size_t here = open_descriptors(::getpid());
    const std::size_t there = open_descriptors(zygote);
    const auto all = outcomes(pool, [](int) -> int { std::abort(); }, numbers(20), {.attempts = 1, .isolate = true});
    for (std::size_t i = 0; i < 20; ++i) CHECK(error_of(all, i) == "killed by SIGABRT (Aborted)");
    CHECK(map(pool, crash_at_3, numbers(3)) == std::vector{0, 1, 4});
    CHECK(open_descriptors(::getpid()) == here);
    CHECK(open_descriptors(zygote) == there);
    CHECK(children_of(zygote).size() == 1);
}

TEST_CASE("one sandbox serves all chunks of all jobs, until its worker goes") {
    {
        PoolWithZygote pool(2);
        const auto where = [](int) { return std::pair(this_worker::rank(), ::getpid()); };
        std::map<int, int> pids;
        for (int round = 0; round < 5; ++round) {
            for (const auto& [rank, pid] : map(pool, where, numbers(50), {.chunk_size = 1, .isolate = true})) {
                CHECK(pids.try_emplace(rank, pid).first->second == pid);
                CHECK(pid != ::getpid());
            }
        }
        CHECK(pids.size() <= 3);
        CHECK(children_of(detail::the_zygote()->pid()).size() == pids.size());
    }
    CHECK(all_sandboxes_gone());
}

TEST_CASE("a job is cancelled behind the current item") {
    PoolWithZygote pool(1);
    auto arguments = arguments_of(numbers(10'000));
    const auto nap = [](int) { std::this_thread::sleep_for(5ms); };
    using Job = detail::MapJob<std::decay_t<decltype(nap)>, decltype(arguments), detail::CollectNothing>;
    auto job = std::make_shared<Job>(nap, std::move(arguments), detail::CollectNothing(10'000),
                                     MapOptions{.chunk_size = 5'000, .isolate = true});
    pool.driver().submit(job, true);
    std::this_thread::sleep_for(100ms);
    const auto begin = std::chrono::steady_clock::now();
    pool.driver().cancel(job);
    pool.driver().wait(*job);
    CHECK(std::chrono::steady_clock::now() - begin < 3s);
    CHECK_THROWS_AS(job->result(), TaskCancelled);
    CHECK(map(pool, crash_at_3, numbers(3)) == std::vector{0, 1, 4});
}

TEST_CASE("a chunk that one worker sits on is shared with idle ones") {
    PoolWithZygote pool(1);
    const auto rank = [](int) {
        std::this_thread::sleep_for(2ms);
        return this_worker::rank();
    };
    const auto ranks = map(pool, rank, numbers(300), {.chunk_size = 100'000, .isolate = true});
    CHECK(std::count(ranks.begin(), ranks.end(), 0) > 0);
    CHECK(std::count(ranks.begin(), ranks.end(), 1) > 0);
}

namespace {
template <class F>
auto fold(InProcessPool& pool, F f, int items, MapOptions options) {
    auto arguments = arguments_of(numbers(items));
    const auto add = [](double a, double b) { return a + b; };
    auto job = std::make_shared<detail::FoldJob<F, std::decay_t<decltype(add)>, double, decltype(arguments)>>(
        f, add, 0.1, std::move(arguments), std::move(options));
    pool.driver().submit(job, false);
    pool.driver().wait(*job);
    return job->result();
}
}  // namespace

TEST_CASE("map_reduce gives the same digits, and a crash costs its item") {
    PoolWithZygote pool(2);
    const auto f = [](int x) { return std::sin(x) * 1e-3; };
    for (const int items : {1, 100, 20'000}) CHECK(fold(pool, f, items, {.isolate = true}) == fold(pool, f, items, {}));
    const auto fragile = [](int x) {
        if (x % 4'000 == 77 && this_task::attempt() == 1) std::abort();
        return std::sin(x) * 1e-3;
    };
    CHECK(fold(pool, fragile, 20'000, {.isolate = true}) == fold(pool, f, 20'000, {}));
    const auto broken = [](int x) {
        if (x == 500 || x == 700) std::abort();
        return 1.0;
    };
    try {
        fold(pool, broken, 20'000, {.attempts = 2, .isolate = true});
        FAIL("no error");
    } catch (const WorkerLost& error) {
        CHECK(error.index() == 500);
        CHECK(error.text() == "killed by SIGABRT (Aborted) in each of 2 runs");
    }
}

namespace {
void crash() { std::abort(); }
void refuse() { throw std::domain_error("no licence"); }
int initialized = 0;
void count() { ++initialized; }
void nap() { std::this_thread::sleep_for(500ms); }
}  // namespace

TEST_CASE("the initializer runs once in each sandbox, and its time is nobody's") {
    PoolWithZygote pool(1, count);
    const auto look = [](int x) {
        if (x == 7 && this_task::attempt() == 1) std::abort();
        return initialized;
    };
    CHECK(map(pool, look, numbers(20)) == std::vector<int>(20, 1));
    CHECK(initialized == 0);  // not here: nothing but sandboxes was needed
    PoolWithZygote slow(0, nap);
    CHECK(map(slow, [](int x) { return x; }, numbers(2), {.timeout = 250ms}) == std::vector{0, 1});
}

TEST_CASE("an initializer that throws fails the pool, now and later") {
    PoolWithZygote pool(1, refuse);
    for (int round = 0; round < 3; ++round) CHECK_THROWS_AS(map(pool, crash_at_3, numbers(30)), std::domain_error);
    CHECK_THROWS_AS(map(pool, crash_at_3, numbers(2), {}), std::domain_error);
}

TEST_CASE("an initializer that crashes fails the pool, now and later") {
    PoolWithZygote pool(1, crash);
    for (int round = 0; round < 3; ++round) CHECK_THROWS_AS(map(pool, crash_at_3, numbers(30)), WorkerLost);
    CHECK_THROWS_WITH(map(pool, crash_at_3, numbers(30)),
                      "the pool's initializer ended the sandbox that it ran in: killed by SIGABRT (Aborted)");
}

TEST_CASE("an initializer that can not get into a sandbox is refused") {
    int value = 0;
    PoolWithZygote pool(1, [&value] { ++value; });
    CHECK_THROWS_AS(map(pool, crash_at_3, numbers(3)), UsageError);
    CHECK_THROWS_WITH(map(pool, crash_at_3, numbers(3)), ContainsSubstring("Make it a plain function"));
    CHECK(map(pool, crash_at_3, numbers(3), {}) == std::vector{0, 1, 4});
    CHECK(value == 2);
}

TEST_CASE("a sandbox that is killed while it is idle is replaced, at nobody's cost") {
    PoolWithZygote pool(0);
    const auto pid = [](int) { return ::getpid(); };
    for (int round = 0; round < 5; ++round) {
        const auto all = outcomes(pool, pid, numbers(1), {.attempts = 1, .isolate = true});
        CHECK(all[0].attempts == 1);
        const int sandbox = all[0].value();
        ::kill(sandbox, SIGKILL);
        if (round % 2 == 0) CHECK(soon([&] { return !runs(sandbox); }));
    }
}

TEST_CASE("a zygote that is killed takes its sandboxes along, and there are no new ones") {
    detail::Zygote zygote;
    detail::ZygoteReplies replies(zygote);
    detail::SandboxAlarm alarm;
    detail::Sandbox sandbox(replies, alarm, {});
    detail::Sandbox::Message message;
    const auto soonest = [&] { return sandbox.next(message, detail::Sandbox::Clock::now() + 10s); };
    REQUIRE(soonest() == detail::Sandbox::Event::message);
    CHECK(message.head.what == detail::FromSandbox::What::ready);
    CHECK(sandbox.next(message, detail::Sandbox::Clock::now() + 10ms) == detail::Sandbox::Event::late);
    alarm.ring();
    CHECK(soonest() == detail::Sandbox::Event::alarm);
    ::kill(zygote.pid(), SIGKILL);
    CHECK(soonest() == detail::Sandbox::Event::ended);
    CHECK(soon([&] {
        try {
            detail::Sandbox(replies, alarm, {});
            return false;
        } catch (const ProcessError&) {
            return true;
        }
    }));
}

TEST_CASE("what an item prints appears, also when it crashes behind it") {
    std::fflush(nullptr);
    std::FILE* file = std::tmpfile();
    const int kept = ::dup(STDOUT_FILENO);
    ::dup2(::fileno(file), STDOUT_FILENO);
    {
        // A zygote has the output that was there when it was made: the item is told where to print.
        PoolWithZygote pool(0);
        const auto print = [](const std::string& to, int x) {
            [[maybe_unused]] const auto* opened = std::freopen(to.c_str(), "a", stdout);
            std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
            std::printf("item %d\n", x);
            if (x == 1) std::abort();
            std::printf("end of item %d", x);
        };
        const std::string to = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(::fileno(file));
        outcomes(pool, hecaton::bind_front(print, to), numbers(2), {.chunk_size = 1, .attempts = 1, .isolate = true});
    }
    ::dup2(kept, STDOUT_FILENO);
    ::close(kept);
    std::rewind(file);
    std::string text(100, '\0');
    text.resize(std::fread(text.data(), 1, text.size(), file));
    std::fclose(file);
    CHECK(text == "item 0\nend of item 0item 1\n");
}

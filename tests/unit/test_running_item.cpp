// The item of a process that is gone. Each process here ends while it runs one.
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <hecaton/tasks/compute_thread.hpp>
#include <hecaton/tasks/task_page.hpp>
#include <string>
#include <support/catch.hpp>
#include <support/sanitizer.hpp>
#include <thread>
#include <utility>

#include <launcher/watch/item_time.hpp>
#include <launcher/watch/running_item.hpp>

using namespace hecaton;
using detail::CallContext;
using detail::InTask;
using launcher::RunningItem;

namespace {

// `body` in a process of its own, which is then killed.
launcher::link::Item after(const std::function<void()>& body) {
    const RunningItem item;
    const pid_t child = ::fork();
    if (child == 0) {
        detail::show_tasks();
        body();
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    REQUIRE(WTERMSIG(status) == SIGKILL);
    return item.look();
}

[[noreturn]] void die() {
    ::kill(::getpid(), SIGKILL);
    std::abort();
}

}  // namespace

TEST_CASE("the item is known after the process") {
    const auto item = after([] {
        const CallContext call{.items = 50, .name = "sweep"};
        const InTask task(7, 2, 0, &call);
        detail::task_context().set_item(9);
        if (this_task::index() == 9) die();
    });
    CHECK(item.running);
    CHECK(item.index == 9);
    CHECK(item.attempt == 2);
    CHECK(item.items == 50);
    CHECK(item.name == "sweep");
}

namespace {

[[gnu::noinline]] long down(long n) {  // NOLINT(misc-no-recursion)
    volatile char frame[4'096];
    frame[0] = 1;
    return n == 0 ? frame[0] : down(n - 1) + frame[0];
}

// The wait status of a process that runs `body`, and whether its stack is said to have been full.
std::pair<int, bool> end_of(const std::function<void()>& body) {
    const RunningItem item;
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit no_file{0, 0};
        ::setrlimit(RLIMIT_CORE, &no_file);
        std::signal(SIGSEGV, SIG_DFL);  // the runner has a handler, and a stack for it
        const stack_t none{.ss_sp = nullptr, .ss_flags = SS_DISABLE, .ss_size = 0};
        ::sigaltstack(&none, nullptr);
        detail::show_tasks();
        detail::watch_for_full_stacks(detail::full_stack_note());
        body();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return {status, item.stack_was_full()};
}

}  // namespace

TEST_CASE("a full stack is told from other faults") {
    if (test::sanitized) return;  // which has a handler of its own
    const long endless = std::atol("1000000000");
    const auto faults = [](const std::function<void()>& body, bool full) {
        const auto [status, said] = end_of(body);
        CHECK(WIFSIGNALED(status));
        CHECK(WTERMSIG(status) == SIGSEGV);
        CHECK(said == full);
    };
    const auto on_a_thread = [](const std::function<void()>& body) {
        detail::ComputeThread thread;
        thread.start(body);
        thread.join();
    };
    const auto overflow = [&] { ::_exit(static_cast<int>(down(endless))); };
    const auto wild = [] { *reinterpret_cast<volatile int*>(std::atol("16")) = 1; };
    faults(
        [&] {
            const detail::StackWatch watch;
            overflow();
        },
        true);
    faults([&] { on_a_thread(overflow); }, true);
    faults([&] { on_a_thread(wild); }, false);
    faults([&] { on_a_thread([] { std::raise(SIGSEGV); }); }, false);
    faults(
        [&] {  // of a child that is forked
            on_a_thread([&] {
                if (::fork() == 0) overflow();
                ::wait(nullptr);
                std::raise(SIGSEGV);
            });
        },
        false);
    const auto [status, said] = end_of([&] {  // the program's own handler
        std::signal(SIGSEGV, [](int) { ::_exit(7); });
        on_a_thread(wild);
    });
    CHECK(WEXITSTATUS(status) == 7);
    CHECK_FALSE(said);
}

TEST_CASE("a long name is cut") {
    const auto item = after([] {
        const CallContext call{.items = 50, .name = std::string(1'000, 'n')};
        const InTask task(7, 2, 0, &call);
        die();
    });
    CHECK(item.name == std::string(sizeof detail::TaskPage::name, 'n'));
}

TEST_CASE("outside of an item nothing is said") {
    CHECK_FALSE(after([] {}).running);
    CHECK_FALSE(after([] { const InTask task(7, 1, 0); }).running);
}

TEST_CASE("an item behind an inner one is known again") {
    const auto item = after([] {
        const InTask outer(7, 1, 0);
        { const InTask inner(8, 1, 0); }
        die();
    });
    CHECK(item.running);
    CHECK(item.index == 7);
}

TEST_CASE("nothing is said while two threads run items") {
    const auto two = [](bool die_beside) {
        return after([die_beside] {
            const InTask task(7, 1, 0);
            std::thread([die_beside] {
                const InTask other(8, 1, 0);
                if (this_task::index() != 8) ::_exit(1);
                if (die_beside) die();
            }).join();
            if (this_task::index() != 7) ::_exit(1);
            die();
        });
    };
    CHECK_FALSE(two(true).running);
    CHECK(two(false).running);
}

TEST_CASE("a process that is forked inside an item keeps its own index") {
    const auto item = after([] {
        const InTask task(7, 1, 0);
        const pid_t child = ::fork();
        if (child == 0) {
            detail::task_context().set_item(8);
            ::_exit(static_cast<int>(this_task::index()));
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        if (WEXITSTATUS(status) == 8) die();
        ::_exit(1);
    });
    CHECK(item.running);
    CHECK(item.index == 7);
}

TEST_CASE("a second program in the same rank starts afresh") {
    const RunningItem item;
    for (const int index : {7, 8}) {
        const pid_t child = ::fork();
        if (child == 0) {
            detail::show_tasks();
            const InTask task(static_cast<std::uint64_t>(index), 1, 0);
            die();
        }
        ::waitpid(child, nullptr, 0);
        CHECK(item.look().index == static_cast<std::uint64_t>(index));
    }
}

TEST_CASE("a variable that names something else changes nothing") {
    for (const char* text : {"", "nonsense", "1:2:4096:4:5"}) {
        ::setenv(detail::TaskPage::variable, text, 1);
        detail::show_tasks();
        CHECK(std::getenv(detail::TaskPage::variable) == nullptr);
        const InTask task(7, 1, 0);
        CHECK(this_task::index() == 7);
    }
}

TEST_CASE("a shim knows since when it sees the same item of the same task") {
    const RunningItem page;
    detail::show_tasks();
    REQUIRE(detail::own_task_page() != nullptr);
    using namespace std::chrono_literals;
    launcher::ItemTime watch(page);
    const launcher::ItemTime::time begin{100s};
    const detail::CallContext call{.items = 10, .name = "sweep"};
    watch.look(begin);
    CHECK(watch.item(begin).known);
    CHECK_FALSE(watch.item(begin).running);
    {
        const detail::InTask task(4, 1, 0, &call);
        CHECK(watch.item(begin + 500ms).held == 0);  // not seen by look() yet
        watch.look(begin + 1s);
        CHECK(watch.next() == begin + 2s);
        watch.look(begin + 2s);
        const auto item = watch.item(begin + 61s);
        CHECK(item.index == 4);
        CHECK(item.name == "sweep");
        CHECK(item.held == 60'000);
        detail::task_context().set_item(5);
        CHECK(watch.item(begin + 62s).held == 0);
    }
    {  // a call after it has an item of the same index
        const detail::InTask task(4, 1, 0, &call);
        CHECK(watch.item(begin + 63s).held == 0);
    }
}

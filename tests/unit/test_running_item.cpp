// The item of a process that is gone. Each process here ends while it runs one.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <functional>
#include <hecaton/tasks/task_page.hpp>
#include <string>
#include <support/catch.hpp>
#include <thread>

#include <launcher/shim/running_item.hpp>

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
        detail::task_context().index = 9;
        if (this_task::index() == 9) die();
    });
    CHECK(item.running);
    CHECK(item.index == 9);
    CHECK(item.attempt == 2);
    CHECK(item.items == 50);
    CHECK(item.name == "sweep");
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
            detail::task_context().index = 8;
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

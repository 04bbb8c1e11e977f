// MapOptions::keep_on_interrupt: what the first Ctrl-C leaves of a call. The launcher's part is in
// cli/test_interrupt.sh.
#include <csignal>
#include <hecaton/survival/interrupts.hpp>
#include <mpi/pool_under_test.hpp>
#include <numeric>
#include <ranges>
#include <string>
#include <support/events.hpp>
#include <support/square.hpp>
#include <vector>

using hecaton::TaskCancelled;
using hecaton::test::Gate;
using hecaton::test::square;

namespace {

std::vector<int> numbers(int n) {
    std::vector<int> result(static_cast<std::size_t>(n));
    std::iota(result.begin(), result.end(), 0);
    return result;
}

// Catch handles SIGINT itself while a case runs.
class UsualInterrupt {
  public:
    UsualInterrupt() {
        hecaton::detail::forget_interrupts();
        ::sigaction(SIGINT, nullptr, &before_);
        ::signal(SIGINT, SIG_DFL);
    }
    ~UsualInterrupt() {
        ::sigaction(SIGINT, &before_, nullptr);
        hecaton::detail::forget_interrupts();
    }

  private:
    struct sigaction before_ {};
};

}  // namespace

TEST_CASE("Ctrl-C: imap_outcomes gives what is done, and then ends") {
    int noted = hecaton::detail::noted_interrupts();
    for (const bool ordered : {true, false}) {
        const UsualInterrupt usual;
        const auto options = hecaton::MapOptions{.chunk_size = 1, .name = "sweep", .keep_on_interrupt = true};
        std::uint64_t done = 0;
        std::uint64_t left = 0;
        const auto look = [&](const auto& outcome) {
            if (done + left == 3) ::raise(SIGINT);
            if (outcome) {
                ++done;
                CHECK(outcome.value() == square(static_cast<int>(outcome.index)));
            } else {
                ++left;
                CHECK(outcome.error().text() == "interrupted by Ctrl-C (SIGINT) before it was finished");
                CHECK_THROWS_AS(outcome.value(), TaskCancelled);
            }
        };
        if (ordered) {
            for (const auto& outcome : pool().with(options).imap_outcomes(square, std::views::iota(0))) look(outcome);
        } else {
            for (const auto& outcome : pool().with(options).imap_unordered_outcomes(square, std::views::iota(0)))
                look(outcome);
        }
        CHECK(done >= 3);
        CHECK(hecaton::detail::noted_interrupts() == ++noted);
        CHECK(!hecaton::detail::keeps_interrupt());
        CHECK(pool().map(square, {2}) == std::vector{4});
    }
}

TEST_CASE("Ctrl-C: a map that has asked for it throws TaskCancelled, and others go on") {
    const UsualInterrupt usual;
    Gate gate;
    const auto f = [](const std::string& path, int x) {
        hecaton::test::wait_at(path);
        return x;
    };
    const auto options = hecaton::MapOptions{.chunk_size = 1, .keep_on_interrupt = true};
    auto kept = pool().with(options).map_async(hecaton::bind_front(f, gate.path()), numbers(50));
    auto other = pool().map_async(square, numbers(50));
    gate.wait_for_arrivals(1);
    ::raise(SIGINT);
    try {
        kept.get();
        FAIL("no error");
    } catch (const TaskCancelled& error) {
        CHECK(std::string(error.what()) == "interrupted by Ctrl-C (SIGINT) before it was finished");
    }
    CHECK(!kept.successful());
    gate.open();
    CHECK(other.get()[7] == 49);
}

TEST_CASE("without a call that has asked for it, a Ctrl-C is none of ours") {
    const UsualInterrupt usual;
    struct sigaction now {};
    ::sigaction(SIGINT, nullptr, &now);
    CHECK(now.sa_handler == SIG_DFL);
    CHECK(!hecaton::detail::keeps_interrupt());
    pool().with({.keep_on_interrupt = true}).map(square, {1, 2});
    ::sigaction(SIGINT, nullptr, &now);
    CHECK(now.sa_handler == SIG_DFL);
}

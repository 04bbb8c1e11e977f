// The program forks a rank: the copy may end as it likes, and the rank goes on.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <mpi/pool_under_test.hpp>
#include <stdexcept>
#include <vector>

namespace {

const std::vector<int> three{1, 2, 3};

int status_of(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int fork_and_exit(int) {
    const pid_t child = ::fork();
    if (child == 0) std::exit(127);
    return status_of(child);
}

// Whose copy comes back from the item, as if it were the rank.
int fork_and_return(int x) {
    const pid_t child = ::fork();
    if (child == 0) return 1000 + x;
    return status_of(child) == 1 ? x : -1;
}

int fork_and_throw(int x) {
    const pid_t child = ::fork();
    if (child == 0) throw std::runtime_error("in the copy");
    return status_of(child) == 1 ? x : -1;
}

// Whose copy calls the pool.
int fork_and_map(hecaton::Pool& pool) {
    const pid_t child = ::fork();
    if (child == 0) {
        try {
            pool.map(fork_and_exit, three);
        } catch (const hecaton::UsageError&) {
            std::_Exit(9);
        }
        std::_Exit(8);
    }
    return status_of(child);
}

void works_on() {
    CHECK(pool().map([](int x) { return x + 1; }, three) == std::vector<int>{2, 3, 4});
}

}  // namespace

TEST_CASE("a copy of a rank that an item has forked exits as it likes") {
    CHECK(pool().with({.chunk_size = 1}).map(fork_and_exit, three) == std::vector<int>{127, 127, 127});
    works_on();
}

TEST_CASE("a copy of a rank that comes back from its item ends there") {
    CHECK(pool().with({.chunk_size = 1}).map(fork_and_return, three) == three);
    CHECK(pool().with({.chunk_size = 3}).map(fork_and_return, three) == three);
    CHECK(pool().with({.chunk_size = 1}).map(fork_and_throw, three) == three);
    works_on();
}

TEST_CASE("a copy of a sandbox ends in the same ways") {
    CHECK(pool().with({.isolate = true}).map(fork_and_exit, three) == std::vector<int>{127, 127, 127});
    CHECK(pool().with({.isolate = true}).map(fork_and_return, three) == three);
    works_on();
}

TEST_CASE("a copy of the root exits, or is refused the pool") {
    CHECK(fork_and_exit(0) == 127);
    CHECK(fork_and_map(pool()) == 9);
    works_on();
}

TEST_CASE("a copy of the root outlives what the pool gave to it") {
    auto range = pool().imap([](int x) { return x; }, three);
    const pid_t child = ::fork();
    if (child == 0) {
        { const auto mine = std::move(range); }
        std::exit(7);
    }
    CHECK(status_of(child) == 7);
    std::vector<int> got;
    for (const int x : range) got.push_back(x);
    CHECK(got == three);
}

// The shared values of a process: threads that wait for one, and other processes of the rank.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <future>
#include <hecaton/foundation/error.hpp>
#include <hecaton/pool/shared/form.hpp>
#include <hecaton/pool/shared/store.hpp>
#include <numeric>
#include <support/catch.hpp>
#include <thread>
#include <utility>
#include <vector>

using namespace hecaton::detail;

TEST_CASE("whoever waits for a value is woken when it comes, or is dropped") {
    SharedStore store;
    store.expect(1);
    store.expect(2);
    const auto get = [&store](std::uint64_t id) { return *static_cast<const int*>(store.get(id, &shared_from<int>)); };
    auto first = std::async(std::launch::async, get, 1);
    auto second = std::async(std::launch::async, get, 2);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // now they wait, as a rule; the answers are the same
    store.put(1, new_shared<int>(7).block);
    store.drop(2);
    CHECK(first.get() == 7);
    CHECK_THROWS_AS(second.get(), hecaton::UsageError);
    CHECK_THROWS_AS(get(3), hecaton::UsageError);
}

TEST_CASE("a process of this rank takes in a value by its address") {
    const std::size_t count = GENERATE(std::size_t{10}, std::size_t{400'000});
    SharedStore store;
    std::vector<double> expected(count);
    std::iota(expected.begin(), expected.end(), 1.0);
    auto shared = new_shared<std::vector<double>>(expected);
    store.put(5, std::move(shared.block), std::move(shared.value));
    const auto address = store.locate(5);
    REQUIRE(address.has_value());
    CHECK(store.locate(5)->inode == address->inode);
    const pid_t child = ::fork();
    if (child == 0) {
        SharedStore there;
        auto file = MemoryFile::open(*address);
        if (file == nullptr) ::_exit(2);
        there.put(5, SharedBlock(std::move(file)));
        const void* value = there.get(5, &shared_from<std::vector<double>>);
        ::_exit(*static_cast<const std::vector<double>*>(value) == expected ? 0 : 1);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    store.drop(5);
    CHECK(MemoryFile::open(*address) == nullptr);
    CHECK_THROWS_AS(store.locate(5), hecaton::UsageError);
}

// The bells that processes ring for each other, without MPI.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <hecaton/foundation/memory_file.hpp>
#include <hecaton/transport/bell.hpp>
#include <hecaton/transport/node_bells.hpp>
#include <random>
#include <support/catch.hpp>
#include <thread>

using hecaton::detail::MemoryFile;
using namespace hecaton::detail;
using namespace std::chrono_literals;

namespace {

constexpr auto very_long = 24h;  // a sleep that no ring ends is one that ctest ends

// A process that runs `body`; join() tells whether it returned true.
template <class Body>
class Child {
  public:
    explicit Child(Body body) : pid_(::fork()) {
        if (pid_ == 0) ::_exit(body() ? 0 : 1);
    }
    bool join() const {
        int status = 0;
        return ::waitpid(pid_, &status, 0) == pid_ && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }

  private:
    const pid_t pid_;
};

unsigned seed() {
    const char* given = std::getenv("HECATON_SIMULATION_SEED");
    return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
}

}  // namespace

TEST_CASE("a ring before the sleep ends it at once, and the one after a wait") {
    Bell bell;
    bell.arm();
    bell.ring();
    bell.sleep(very_long);
    bell.ring();
    CHECK(bell.wait(very_long));
}

TEST_CASE("without a ring a wait ends when its time is over") {
    Bell bell;
    bell.arm();
    const auto begin = std::chrono::steady_clock::now();
    CHECK_FALSE(bell.wait(20ms));
    CHECK(std::chrono::steady_clock::now() - begin >= 20ms);
    CHECK_FALSE(bell.arm());  // nobody has rung since
}

TEST_CASE("threads of this process ring the bell that other processes ring") {
    const auto bells = NodeBells::create(2, 0);
    REQUIRE(bells != nullptr);
    Bell bell(bells->word());
    bell.arm();
    std::thread thread([&bell] {
        std::this_thread::sleep_for(20ms);
        bell.ring();
    });
    CHECK(bell.wait(very_long));
    thread.join();
}

TEST_CASE("another process ends a sleep") {
    const auto root = NodeBells::create(3, 1);
    REQUIRE(root != nullptr);
    CHECK_FALSE(root->all_ring());
    Bell bell(root->word());
    bell.arm();
    const MemoryFile::Address address = root->address();
    const auto ring_root = [&address](int rank) {
        return [&address, rank] {
            const auto bells = NodeBells::open(address, rank);
            std::this_thread::sleep_for(20ms);
            if (bells == nullptr || !bells->all_ring()) return false;
            bells->ring(1);
            return true;
        };
    };
    const Child first(ring_root(0));
    CHECK(bell.wait(very_long));
    CHECK(first.join());
    CHECK_FALSE(root->all_ring());  // rank 2 is not there yet
    const Child second(ring_root(2));
    CHECK(second.join());
    CHECK(root->all_ring());
}

TEST_CASE("bells that cannot be opened are none, and ringing where nobody is does no harm") {
    MemoryFile::Address address;
    {
        const auto bells = NodeBells::create(2, 0);
        REQUIRE(bells != nullptr);
        bells->ring(1);
        bells->ring(1);
        address = bells->address();
    }
    CHECK(NodeBells::open(address, 1) == nullptr);
    const auto other = MemoryFile::create(static_cast<std::size_t>(address.size) + 1);
    REQUIRE(other != nullptr);
    MemoryFile::Address wrong = other->address();
    wrong.size = address.size;
    CHECK(NodeBells::open(wrong, 1) == nullptr);
}

// Two processes pass a number to and fro; the one without it sleeps until it comes. A lost ring would be a sleep of a
// day.
TEST_CASE("no ring is lost, whenever it comes") {
    const unsigned number = seed();
    CAPTURE(number);
    constexpr std::uint32_t rounds = 20'000;
    const auto root = NodeBells::create(2, 0);
    const auto file = MemoryFile::create(4096);
    REQUIRE((root != nullptr && file != nullptr));
    const auto memory = file->map_writable();
    auto& ball = *reinterpret_cast<std::atomic<std::uint32_t>*>(memory.get());
    const auto play = [&ball, number](NodeBells& bells, std::uint32_t me) {
        Bell bell(bells.word());
        std::minstd_rand random(number + me);
        for (std::uint32_t next = me; next < rounds; next += 2) {
            while (ball.load(std::memory_order_acquire) != next) {
                // With and without a look between the two, as the two kinds of sleepers do.
                if (random() % 2 == 0) {
                    bell.sleep(very_long);
                } else if (bell.arm() || ball.load(std::memory_order_acquire) == next) {
                    continue;
                } else {
                    bell.wait(very_long);
                }
            }
            for (auto spins = random() % 2'000; spins > 0; --spins) ball.load(std::memory_order_relaxed);
            ball.store(next + 1, std::memory_order_release);
            bells.ring(static_cast<int>(1 - me));
        }
    };
    const MemoryFile::Address address = root->address();
    const Child other([&] {
        const auto bells = NodeBells::open(address, 1);
        if (bells != nullptr) play(*bells, 1);
        return bells != nullptr;
    });
    play(*root, 0);
    CHECK(other.join());
}

TEST_CASE("a waiting thread polls many times before it sleeps, and again after a ring") {
    Bell bell;
    Backoff backoff(bell);
    int polls = 0;
    while (backoff.look_again()) ++polls;
    CHECK(polls > 10);
    backoff.sleep(1ms);  // nobody can have rung since the bell was made, but it was not armed yet
    while (backoff.look_again()) {
    }
    bell.ring();
    backoff.sleep(very_long);
    backoff.reset();
    CHECK(backoff.look_again());
}

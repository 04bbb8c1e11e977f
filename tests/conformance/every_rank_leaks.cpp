// 1,000 pools in one program leave nothing behind: no descriptors, threads, processes, shared memory, nor memory.
#include <unistd.h>

#include <boost/mpi/collectives.hpp>
#include <boost/mpi/communicator.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <hecaton/hecaton.hpp>
#include <ranges>
#include <stdexcept>
#include <string>
#include <support/catch.hpp>
#include <support/sanitizer.hpp>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;

std::size_t entries(const std::string& folder) {
    std::size_t count = 0;
    std::error_code ignored;  // a thread or a process may end meanwhile
    for (fs::directory_iterator at(folder, ignored); at != fs::directory_iterator(); at.increment(ignored)) ++count;
    return count;
}

std::size_t resident_kilobytes() {
    std::ifstream statm("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    statm >> total >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) / 1024;
}

// What it has mapped of MPI's shared memory, and of ours.
std::size_t shared_mappings() {
    std::ifstream maps("/proc/self/maps");
    std::size_t count = 0;
    for (std::string line; std::getline(maps, line);)
        count += line.find("/dev/shm/") != std::string::npos || line.find("memfd:") != std::string::npos ? 1 : 0;
    return count;
}

// The processes that this one and its children have started.
std::size_t children_of(int pid) {
    std::size_t count = 0;
    for (const auto& thread : fs::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
        std::ifstream list(thread.path() / "children");
        for (int child = 0; list >> child;) count += 1 + children_of(child);
    }
    return count;
}

struct Inventory {
    std::size_t descriptors = entries("/proc/self/fd");
    std::size_t threads = entries("/proc/self/task");
    std::size_t processes = children_of(::getpid());
    std::size_t shared_memory = shared_mappings();
    std::size_t kilobytes = resident_kilobytes();
};

void use_a_pool(const boost::mpi::communicator& world) {
    hecaton::Pool pool(world);
    if (!pool.is_root()) return void(pool.serve());
    const auto shared = pool.broadcast(std::vector<double>(10'000, 0.5));  // in a memory file, and never released
    const std::vector<int> items{1, 2, 3};
    if (pool.map([shared](int x) { return x * (*shared)[5]; }, items) != std::vector{0.5, 1.0, 1.5})
        throw std::runtime_error("a wrong result");
    (void)pool.map_async([](int x) { return x; }, items);
    for (const int x : pool.imap([](int i) { return i; }, std::views::iota(0)))
        if (x == 3) break;
}

void use_a_pool_with_sandboxes(const boost::mpi::communicator& world) {
    hecaton::Pool pool(world);
    if (!pool.is_root()) return void(pool.serve());
    pool.with({.chunk_size = 1, .isolate = true}).map([](int) {}, std::vector<int>(8));
}

// A sandbox that was told to end takes a moment for it.
Inventory when_settled(const Inventory& before) {
    Inventory now;
    while (now.processes > before.processes) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        now = Inventory();
    }
    return now;
}

void expect_nothing_more(const Inventory& before) {
    const Inventory after = when_settled(before);
    CHECK(after.descriptors <= before.descriptors);
    CHECK(after.threads <= before.threads);
    CHECK(after.processes <= before.processes);
    CHECK(after.shared_memory <= before.shared_memory);
    if constexpr (!hecaton::test::sanitized)  // the address sanitizer keeps what was freed, up to 256 MB
        CHECK(after.kilobytes < before.kilobytes + 16 * 1024);
}

}  // namespace

TEST_CASE("1,000 pools in one program leave nothing behind") {
    const boost::mpi::communicator world;
    for (int i = 0; i < 20; ++i) use_a_pool(world);  // what MPI and the allocator keep for good
    const Inventory before;
    const int pools = world.size() > 3 ? 200 : 1'000;  // more ranks than cores take long to agree so often
    for (int i = 0; i < pools; ++i) use_a_pool(world);
    world.barrier();
    expect_nothing_more(before);
}

TEST_CASE("100 pools with sandboxes leave no processes behind") {
    const boost::mpi::communicator world;
    const Inventory without;
    for (int i = 0; i < 3; ++i) use_a_pool_with_sandboxes(world);
    world.barrier();
    const Inventory before = when_settled(without);
    for (int i = 0; i < 100; ++i) use_a_pool_with_sandboxes(world);
    world.barrier();
    expect_nothing_more(before);
}

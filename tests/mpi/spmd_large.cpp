// Values above 2 GiB, whose sizes do not fit MPI's counts. Hidden by default: run with the tag [large], on 2 ranks.
#include <boost/mpi/communicator.hpp>
#include <cstdint>
#include <fstream>
#include <hecaton/hecaton.hpp>
#include <string>
#include <support/catch.hpp>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t size = (std::size_t{1} << 31) + 12'345;

// Bytes of memory that could be had, from /proc/meminfo.
std::uint64_t available_memory() {
    std::ifstream file("/proc/meminfo");
    for (std::string word; file >> word;) {
        std::uint64_t kilobytes = 0;
        if (word == "MemAvailable:") return file >> kilobytes ? kilobytes * 1024 : 0;
    }
    return 0;
}

char at(std::size_t i) { return static_cast<char>(i * 7 % 251); }

bool right(const std::vector<char>& bytes) {
    bool good = bytes.size() == size;
    for (std::size_t i = 0; good && i < size; i += 999'983) good = bytes[i] == at(i);
    return good && bytes.back() == at(size - 1);
}

std::vector<char> large() {
    std::vector<char> bytes(size);
    for (std::size_t i = 0; i < size; i += 999'983) bytes[i] = at(i);
    bytes.back() = at(size - 1);
    return bytes;
}

}  // namespace

TEST_CASE("arguments, results and shared values above 2 GiB", "[.large]") {
    if (available_memory() < (std::uint64_t{16} << 30)) {
        WARN("skipped: it needs 16 GiB of memory");
        return;
    }
    const boost::mpi::communicator world;
    hecaton::Pool pool(world, {.root_works = false});
    if (!pool.is_root()) return void(pool.serve());
    CHECK(right(pool.apply([] { return large(); })));
    CHECK(pool.apply([](const std::vector<char>& bytes) { return right(bytes); }, large()));
    const auto shared = pool.broadcast(large());
    CHECK(pool.apply([shared] { return right(*shared); }));
}

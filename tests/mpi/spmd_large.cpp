// Values above 2 GiB, whose sizes do not fit MPI's counts. Hidden by default: run with the tag [large], on 2 ranks.
#include <boost/mpi/communicator.hpp>
#include <cstdint>
#include <hecaton/hecaton.hpp>
#include <support/catch.hpp>
#include <support/memory.hpp>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t size = (std::size_t{1} << 31) + 12'345;

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
    const boost::mpi::communicator world;
    if (!hecaton::broadcast(world, hecaton::test::memory_for(16))) return;
    hecaton::Pool pool(world, {.root_works = false});
    if (!pool.is_root()) return void(pool.serve());
    CHECK(right(pool.apply([] { return large(); })));
    CHECK(pool.apply([](const std::vector<char>& bytes) { return right(bytes); }, large()));
    const auto shared = pool.broadcast(large());
    CHECK(pool.apply([shared] { return right(*shared); }));
}

// Shared values of many pools, none of which releases them. Hidden by default: run with the tag [many].
#include <boost/mpi/communicator.hpp>
#include <filesystem>
#include <hecaton/hecaton.hpp>
#include <iterator>
#include <support/catch.hpp>
#include <vector>

namespace {

// Memory files of this library that this process has open or mapped.
int memory_files() {
    int count = 0;
    for (const char* directory : {"/proc/self/fd", "/proc/self/map_files"}) {
        std::error_code refused;
        for (const auto& entry : std::filesystem::directory_iterator(directory, refused)) {
            const auto target = std::filesystem::read_symlink(entry.path(), refused).string();
            count += target.find("memfd:hecaton") != std::string::npos ? 1 : 0;
        }
    }
    return count;
}

}  // namespace

TEST_CASE("a thousand pools with a shared value each leave no files behind", "[.many]") {
    const boost::mpi::communicator world;
    for (int round = 0; round < 1'000; ++round) {
        hecaton::Pool pool(world, {.root_works = false});
        if (!pool.is_root()) {
            pool.serve();
            continue;
        }
        const auto shared = pool.broadcast(std::vector<double>(150'000, round));
        if (pool.apply([shared] { return shared->back(); }) != round) FAIL("a rank has read something else");
        if (round == 0) CHECK(memory_files() > 0);
        pool.close();
        pool.join();
    }
    CHECK(memory_files() == 0);
}

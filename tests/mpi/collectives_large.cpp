// More than 2 GiB at once. Hidden by default: run with the tag [large], on 2 ranks.
#include <hecaton/hecaton.hpp>
#include <support/catch.hpp>
#include <support/memory.hpp>

namespace {

struct Chunk {
    std::array<std::uint64_t, 128> words{};
};

}  // namespace

TEST_CASE("more than 2 GiB", "[.large]") {
    const boost::mpi::communicator world;
    if (!hecaton::broadcast(world, hecaton::test::memory_for(12))) return;
    const std::size_t items = (std::size_t{5} << 30U) / 2 / sizeof(Chunk) + 1;  // 2.5 GiB, not even
    std::vector<Chunk> mine;
    {
        std::vector<Chunk> all;
        if (world.rank() == 0) {
            all.resize(items);
            for (std::size_t i = 0; i < items; ++i) all[i].words[i % 128] = i + 1;
        }
        mine = hecaton::scatter(world, all);
    }
    const auto block = hecaton::block_of(items, 2, world.rank());
    const auto check = [](const std::vector<Chunk>& chunks, std::uint64_t first, std::uint64_t count) {
        REQUIRE(chunks.size() == count);
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < count; ++i) wrong += chunks[i].words[(first + i) % 128] != first + i + 1;
        CHECK(wrong == 0);
    };
    check(mine, block.first, block.count);
    auto all = hecaton::gather(world, std::move(mine), 1);
    if (world.rank() == 1) check(all, 0, items);
    mine = {};
    const auto same = hecaton::broadcast(world, std::move(all), 1);
    check(same, 0, items);
}

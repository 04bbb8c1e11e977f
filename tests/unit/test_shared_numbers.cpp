// Numbers of shared values, which threads take and give back at once.
#include <algorithm>
#include <hecaton/pool/shared/numbers.hpp>
#include <support/catch.hpp>
#include <thread>
#include <vector>

using hecaton::detail::SharedNumbers;

TEST_CASE("a number is given to one thread only, and taken back once") {
    constexpr int threads = 8;
    constexpr int each = 2'000;
    SharedNumbers numbers(3);
    std::vector<std::vector<std::uint64_t>> taken(threads);
    std::vector<std::thread> running;
    for (auto& mine : taken)
        running.emplace_back([&] {
            for (int i = 0; i < each; ++i) {
                mine.push_back(numbers.take());
                if (i % 3 == 0) {
                    if (!numbers.give_back(mine.back())) mine.push_back(mine.back());  // which fails below
                }
            }
        });
    for (std::thread& thread : running) thread.join();
    std::vector<std::uint64_t> all;
    for (const auto& mine : taken) all.insert(all.end(), mine.begin(), mine.end());
    std::ranges::sort(all);
    CHECK(std::ranges::adjacent_find(all) == all.end());
    CHECK(all.size() == threads * each);
    const auto kept = numbers.give_back_all();
    CHECK(kept.size() == threads * (each - (each + 2) / 3));
    CHECK_FALSE(numbers.give_back(*kept.begin()));
}

TEST_CASE("numbers of two pools differ, also when they have come round") {
    SharedNumbers first(1);
    SharedNumbers second(2);
    const std::uint64_t kept = first.take();
    const std::uint64_t other = second.take();
    for (std::uint64_t i = 0; i < (std::uint64_t{1} << 24U); ++i) {
        const std::uint64_t number = first.take();
        if (number == kept || number >= other) FAIL(number);
        first.give_back(number);
    }
}

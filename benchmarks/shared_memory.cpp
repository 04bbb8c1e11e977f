// What a broadcast vector of 200 MB costs in memory: the proportional set sizes (PSS: a page that n processes have
// counts 1/n for each) of all ranks, before the broadcast and after every rank has read all of it. Ends with status 1
// when their sum has grown by more than 1.3 copies.
//
//     hecaton run -n 3 ./shared_memory
#include <fmt/core.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <hecaton/hecaton.hpp>
#include <numeric>
#include <ranges>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t count = 25'000'000;
constexpr double copy_mb = count * sizeof(double) / 1e6;

// MB from a line such as "Pss:   123 kB".
double memory(const char* file, const std::string& key) {
    std::ifstream lines(file);
    for (std::string word; lines >> word;)
        if (double kilobytes = 0; word == key && lines >> kilobytes) return kilobytes * 1024 / 1e6;
    return -1;
}

struct Rank {
    double pss = -1;
    double peak = 0;  // of the resident set, in which pages of files count wholly
    double sum = 0;
    double seconds = 0;
};

// Runs `look` on every rank, as often as it takes until each has had a turn.
template <class Look>
std::vector<Rank> on_every_rank(hecaton::Pool& pool, Look look) {
    std::vector<Rank> ranks(static_cast<std::size_t>(pool.size()));
    const auto missing = [&] { return std::ranges::any_of(ranks, [](const Rank& rank) { return rank.pss < 0; }); };
    while (missing()) {
        const auto answers = pool.with({.chunk_size = 1})
                                 .map(
                                     [look](int) {
                                         const Rank mine = look();
                                         std::this_thread::sleep_for(std::chrono::milliseconds(20));
                                         return std::pair(hecaton::this_worker::rank(), mine);
                                     },
                                     std::views::iota(0, pool.size()));
        for (const auto& [rank, mine] : answers) ranks[static_cast<std::size_t>(rank)] = mine;
    }
    return ranks;
}

const auto look_at_memory = [] {
    return Rank{.pss = memory("/proc/self/smaps_rollup", "Pss:"), .peak = memory("/proc/self/status", "VmHWM:")};
};

double total(const std::vector<Rank>& ranks) {
    return std::accumulate(ranks.begin(), ranks.end(), 0.0,
                           [](double sum, const Rank& rank) { return sum + rank.pss; });
}

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

int measure(hecaton::Pool& pool) {
    const auto before = on_every_rank(pool, look_at_memory);
    std::vector<double> values(count, 0.5);
    const auto begin = Clock::now();
    const auto shared = pool.broadcast(std::move(values));
    const double broadcast = seconds_since(begin);
    const auto read = on_every_rank(pool, [shared] {
        const auto start = Clock::now();
        Rank mine = look_at_memory();
        mine.sum = std::accumulate(shared->begin(), shared->end(), 0.0);
        mine.seconds = seconds_since(start);
        return mine;
    });
    const double all = seconds_since(begin);
    const auto after = on_every_rank(pool, look_at_memory);

    bool right = true;
    for (std::size_t rank = 0; rank < after.size(); ++rank) {
        fmt::print(
            "rank {}: PSS {:.1f} MB before, {:.1f} after; peak of the resident set {:.0f} MB; read it in {:.3f} s\n",
            rank, before[rank].pss, after[rank].pss, after[rank].peak, read[rank].seconds);
        right = right && read[rank].sum == 0.5 * count;
    }
    const double growth = total(after) - total(before);
    fmt::print("{:.0f} MB on {} ranks: the sum of the PSS grew by {:.1f} MB, {:.2f} copies\n", copy_mb, after.size(),
               growth, growth / copy_mb);
    fmt::print("broadcast() took {:.3f} s; with every rank having read it {:.3f} s\n", broadcast, all);
    if (!right) fmt::print("the ranks did not read what was broadcast\n");
    return right && growth <= 1.3 * copy_mb ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) { return hecaton::run(argc, argv, measure); }

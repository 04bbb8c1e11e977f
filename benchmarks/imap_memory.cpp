// Question 7: the root's memory while imap goes through millions of items, which must not grow, and the items a second.
//
//     hecaton run -n 2 ./imap_memory [items]
//
// Exits with 1 when the memory grew by more than `allowed` after the first tenth of the items.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <hecaton/hecaton.hpp>
#include <memory>
#include <ranges>
#include <string>
#include <support/benchmark.hpp>

namespace {

using Clock = std::chrono::steady_clock;

constexpr double allowed = 4;  // MiB

double resident_mib() {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/self/statm", "r"), &std::fclose);
    long all = 0;
    long resident = 0;
    if (file == nullptr || std::fscanf(file.get(), "%ld %ld", &all, &resident) != 2) return 0;
    return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1024.0 * 1024.0);
}

std::int64_t square(std::int64_t x) { return x * x; }

}  // namespace

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [&](hecaton::Pool& pool) {
        const std::int64_t items = argc > 1 ? std::stoll(argv[1]) : 10'000'000;
        const std::int64_t interval = std::max<std::int64_t>(items / 20, 1);
        double settled = 0;
        double largest = 0;
        std::int64_t next = 0;
        std::int64_t wrong = 0;
        const auto begin = Clock::now();
        for (const std::int64_t y : pool.imap(square, std::views::iota(std::int64_t{0}, items))) {
            wrong += y != next * next ? 1 : 0;
            if (++next % interval != 0) continue;
            const double now = resident_mib();
            if (next <= items / 10) settled = std::max(settled, now);
            largest = std::max(largest, now);
            fmt::print("{:>10} items: {:.1f} MiB\n", next, now);
        }
        const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
        const bool good = largest - settled <= allowed && wrong == 0 && next == items;
        benchmark::report({.question = 7,
                           .what = fmt::format("the root's memory, imap over {} million items", items / 1'000'000),
                           .ours = fmt::format("+{:.1f} MiB, {:.1f} MiB in all", largest - settled, largest),
                           .peer = {},
                           .figure = largest - settled,
                           .target = fmt::format("flat: at most {} MiB more after the first tenth", allowed),
                           .met = good,
                           .note = fmt::format("{}, {} wrong results",
                                               benchmark::rate_text(static_cast<double>(items) / seconds), wrong)});
        return good ? 0 : 1;
    });
}

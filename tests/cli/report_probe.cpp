// Whether Report::serial_seconds is what the items take one after the other, however crowded the cores are.
//
//     report_probe CASE...
//
// The root runs the same items itself, by the CPU time of its thread, before each map and after it. A case passes when
// one of a few rounds is within 15%: the cores may have become faster or slower in the middle of a round. What is never
// true, as a negative time, fails at once.
#include <fmt/core.h>

#include <chrono>
#include <cstdint>
#include <ctime>
#include <functional>
#include <hecaton/hecaton.hpp>
#include <ranges>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

constexpr int rounds = 8;
constexpr double close = 0.15;
// Of items of a nanosecond the pool stores each result, which the loop here does not.
constexpr double with_storing = 4;

double thread_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// A chain of multiplications that no compiler shortens.
std::uint64_t work(std::uint64_t steps) {
    std::uint64_t x = steps | 1U;
    for (std::uint64_t i = 0; i < steps; ++i) x = x * 6364136223846793005U + 1442695040888963407U;
    return x;
}
int sleepy(int milliseconds) {
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    return milliseconds;
}
double term(long long i) { return 1.0 / (1.0 + static_cast<double>(i) * static_cast<double>(i)); }

volatile double sink = 0;

double steps_a_second() {
    constexpr std::uint64_t steps = 20'000'000;
    const double begin = thread_seconds();
    sink = sink + static_cast<double>(work(steps));
    return static_cast<double>(steps) / (thread_seconds() - begin);
}

struct Case {
    std::function<double()> serial;  // seconds
    std::function<hecaton::Report()> map;
    double most_above = close;
};

Case computing(hecaton::Pool& pool, hecaton::MapOptions options, std::size_t items, double seconds) {
    const auto steps = static_cast<std::uint64_t>(seconds * steps_a_second());
    const std::vector<std::uint64_t> input(items, steps);
    return {[input] {
                const double begin = thread_seconds();
                for (const std::uint64_t each : input) sink = sink + static_cast<double>(work(each));
                return thread_seconds() - begin;
            },
            [&pool, options, input] {
                sink = sink + static_cast<double>(pool.with(options).map(work, input).back());
                return pool.last_map();
            }};
}

Case sleeping(hecaton::Pool& pool, int items, int milliseconds) {
    return {
        [=] { return 1e-3 * items * milliseconds; },
        [=, &pool] {
            pool.with({.chunk_size = 1}).map(sleepy, std::vector<int>(static_cast<std::size_t>(items), milliseconds));
            return pool.last_map();
        }};
}

Case tiny(hecaton::Pool& pool, long long items) {
    return {[=] {
                const double begin = thread_seconds();
                double sum = 0;
                for (const long long i : std::views::iota(0LL, items)) sum += term(i);
                sink = sink + sum;
                return thread_seconds() - begin;
            },
            [=, &pool] {
                sink = sink + pool.map_reduce(term, std::plus<>{}, 0.0, std::views::iota(0LL, items));
                return pool.last_map();
            },
            with_storing};
}

Case named(hecaton::Pool& pool, const std::string& name) {
    if (name == "25ms") return computing(pool, {}, 10, 25e-3);
    if (name == "0.5ms") return computing(pool, {}, 500, 0.5e-3);
    if (name == "20us") return computing(pool, {}, 10'000, 20e-6);
    if (name == "20us-alone") return computing(pool, {.chunk_size = 1}, 10'000, 20e-6);
    if (name == "isolated") return computing(pool, {.isolate = true}, 200, 1e-3);
    if (name == "sleep") return sleeping(pool, 30, 20);
    if (name == "tiny") return tiny(pool, 50'000'000);
    throw std::invalid_argument("no such case: " + name);
}

// What is true of every report, however fast the cores are.
bool possible(const hecaton::Report& report) {
    constexpr double rounding = 1 + 1e-9;
    return report.longest_seconds >= 0 && report.longest_seconds <= report.wall_seconds * rounding &&
           report.serial_seconds >= report.longest_seconds / rounding &&
           report.serial_seconds <= report.longest_seconds * report.workers * rounding;
}

bool right(hecaton::Pool& pool, const std::string& name) {
    const Case one = named(pool, name);
    one.map();  // the first call finds out what an item costs
    double before = one.serial();
    for (int round = 0; round < rounds; ++round) {
        const hecaton::Report report = one.map();
        const double after = one.serial();
        const double off = report.serial_seconds / ((before + after) / 2) - 1;
        fmt::print("{}: {:+.1f}% of {:.4f} and {:.4f} s, wall {:.4f} s; {}\n", name, 100 * off, before, after,
                   report.wall_seconds, report.verdict());
        if (!possible(report)) return false;
        if (off > -close && off < one.most_above) return true;
        before = after;
    }
    return false;
}

}  // namespace

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [&](hecaton::Pool& pool) {
        bool all = true;
        for (int i = 1; i < argc; ++i) all = right(pool, argv[i]) && all;
        return all ? 0 : 1;
    });
}

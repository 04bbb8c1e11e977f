// Question 15: calls that are small. A call is never slower than the loop over its items on the calling thread.
//
//     hecaton run -n 2 ./small_calls          # --all prints each case of the grid
//     hecaton run -n 2 ./small_calls --busy   # the grid alone, while each rank's neighbour keeps a core busy
//
// Counted on both sides: from the input to the result in a vector of its own, which is allocated then. The first call
// of a callable is one of which nothing is known: each has a type of its own.
#include <fmt/core.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <hecaton/hecaton.hpp>
#include <string>
#include <string_view>
#include <support/benchmark.hpp>
#include <support/work.hpp>
#include <thread>
#include <utility>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Numbers = std::vector<std::uint64_t>;

constexpr double factor = 1.05;
constexpr double more = 0.5e-6;  // seconds
constexpr double enough = 2e-3;  // seconds of work from which on it has to pay

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

template <class Call>
double time_of(Call&& call, int times) {
    const auto begin = Clock::now();
    for (int i = 0; i < times; ++i) call();
    return seconds_since(begin) / times;
}

Numbers loop_over(const Numbers& input) {
    Numbers output(input.size());
    std::transform(input.begin(), input.end(), output.begin(), benchmark::work);
    return output;
}

struct Case {
    double item = 0;
    std::size_t items = 0;
    double loop = 0;  // seconds
    double map = 0;
    double ratio = 0;
};

Case measure(hecaton::Pool& pool, double item, std::size_t items) {
    const Numbers input(items, benchmark::steps_for(item));
    std::uint64_t sink = 0;
    const auto loop = [&] { sink += loop_over(input).back(); };
    const auto map = [&] { sink += pool.map(benchmark::work, input).back(); };
    for (int i = 0; i < 3; ++i) map();  // until its cost is known
    const int times = std::max(1, static_cast<int>(200e-6 / time_of(loop, 1)));
    std::vector<double> loops, maps;
    for (int i = 0; i < 11; ++i) {
        loops.push_back(time_of(loop, times));
        maps.push_back(time_of(map, times));
    }
    const benchmark::Comparison compared = benchmark::compare(loops, maps);
    return {item, items, compared.ours, compared.peer, compared.ratio};
}

bool slower_than_loop(const Case& c) { return c.map > factor * c.loop + more; }

std::string text(const Case& c) {
    return fmt::format("{} items of {}: {} in a loop, {} in a map", c.items, benchmark::time_text(c.item),
                       benchmark::time_text(c.loop), benchmark::time_text(c.map));
}

std::vector<Case> measure_all(hecaton::Pool& pool) {
    std::vector<Case> cases;
    for (const double item : {2e-9, 80e-9, 1.4e-6, 14e-6, 140e-6})
        for (std::size_t items = 1; items <= 65'536 && item * static_cast<double>(items) < 0.3; items *= 4)
            cases.push_back(measure(pool, item, items));
    return cases;
}

// A program that computes all the time, for as long as this one lives.
void start_busy_neighbour() {
    const pid_t parent = ::getpid();
    if (::fork() != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (::getppid() == parent) benchmark::work(1'000'000);
    ::_exit(0);
}

void busy_grid(hecaton::Pool& pool) {
    constexpr double most = 1.3;
    std::vector<Case> cases = measure_all(pool);
    std::erase_if(cases, [](const Case& c) { return c.loop < 100e-6 || c.loop > 5e-3; });
    double logarithms = 0;
    for (const Case& c : cases) logarithms += std::log(c.map / c.loop);
    const double mean = std::exp(logarithms / static_cast<double>(cases.size()));
    const Case& worst = *std::ranges::min_element(cases, {}, &Case::ratio);
    benchmark::report({.question = 15,
                       .what = "the cases of 0.1 to 5 ms while other programs keep both cores busy",
                       .ours = fmt::format("{:.3g} times as long (geometric mean)", mean),
                       .peer = "loops",
                       .figure = mean,
                       .target = "at most 1.3 times as long",
                       .met = mean <= most,
                       .note = "the worst: " + text(worst)});
}

void grid(hecaton::Pool& pool, bool all) {
    const std::vector<Case> cases = measure_all(pool);
    if (all)
        for (const Case& c : cases)
            fmt::print("{}, {:.3g}{}\n", text(c), c.ratio, slower_than_loop(c) ? " slower" : "");
    const auto slow = std::count_if(cases.begin(), cases.end(), slower_than_loop);
    const auto worst = std::max_element(cases.begin(), cases.end(), [](const Case& a, const Case& b) {
        return a.map - factor * a.loop - more < b.map - factor * b.loop - more;
    });
    benchmark::report({.question = 15,
                       .what = fmt::format("{} cases of item costs and counts, second and later calls", cases.size()),
                       .ours = fmt::format("{} slower", slow),
                       .peer = "loops",
                       .figure = static_cast<double>(slow),
                       .target = "no map takes more than 1.05 times the loop and 0.5 us",
                       .met = slow == 0,
                       .note = "the worst: " + text(*worst)});
    double least = 100;
    for (const Case& c : cases)
        if (c.loop >= enough) least = std::min(least, c.ratio);
    benchmark::report({.question = 15,
                       .what = "the same, the cases of 2 ms and more",
                       .ours = fmt::format("{:.3g} times as fast at least", least),
                       .peer = "loops",
                       .figure = least,
                       .target = "at least 1.80 times as fast",
                       .met = least >= 1.8});
}

// ---- first calls ----

template <int number>
std::uint64_t work_of(std::uint64_t steps) {
    return benchmark::work(steps) + number;
}

template <int... number>
double first_calls(hecaton::Pool& pool, std::size_t items, double item, std::integer_sequence<int, number...>) {
    const Numbers input(items, benchmark::steps_for(item));
    std::vector<double> longer;
    const auto measure = [&](auto f) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        const double map = time_of([&] { static_cast<void>(pool.map(f, input)); }, 1);
        longer.push_back(map - time_of([&] { static_cast<void>(loop_over(input)); }, 1));
    };
    (measure(work_of<number>), ...);
    return benchmark::median(longer);
}

template <int base, class Sequence>
struct Shifted;
template <int base, int... number>
struct Shifted<base, std::integer_sequence<int, number...>> {
    using type = std::integer_sequence<int, base + number...>;
};

template <int base>
void first(hecaton::Pool& pool, std::size_t items, double item) {
    const double longer =
        first_calls(pool, items, item, typename Shifted<base, std::make_integer_sequence<int, 11>>::type());
    benchmark::report(
        {.question = 15,
         .what = fmt::format("the first call of a callable, {} items of {}", items, benchmark::time_text(item)),
         .ours = fmt::format("{:.1f} us more than the loop", 1e6 * longer),
         .figure = 1e6 * longer,
         .target = "at most 60 us more",
         .met = longer <= 60e-6});
}

void first_long(hecaton::Pool& pool) {
    const Numbers input(2, benchmark::steps_for(1));
    const double map = time_of([&] { static_cast<void>(pool.map(work_of<-1>, input)); }, 1);
    const double loop = time_of([&] { static_cast<void>(loop_over(input)); }, 1);
    benchmark::report({.question = 15,
                       .what = "the first call of a callable, 2 items of 1 s",
                       .ours = benchmark::time_text(map),
                       .peer = benchmark::time_text(loop) + ", a loop",
                       .figure = loop / map,
                       .target = "at least 1.80 times as fast",
                       .met = loop / map >= 1.8});
}

// ---- apply ----

void applies(hecaton::Pool& pool, int threads) {
    const std::uint64_t steps = benchmark::steps_for(1e-6);
    constexpr int calls = 20'000;
    std::vector<double> times;
    for (int repeat = 0; repeat < 9; ++repeat) {
        const auto begin = Clock::now();
        std::vector<std::thread> callers;
        const auto loop = [&] {
            std::uint64_t sink = 0;
            for (int i = 0; i < calls / threads; ++i) sink += pool.apply(benchmark::work, steps);
            static_cast<void>(sink);
        };
        for (int i = 1; i < threads; ++i) callers.emplace_back(loop);
        loop();
        for (auto& caller : callers) caller.join();
        times.push_back(seconds_since(begin) / calls);
    }
    const double call = benchmark::median(times);
    benchmark::report({.question = 15,
                       .what = fmt::format("apply in a loop, f of 1 us, {} thread{}", threads, threads == 1 ? "" : "s"),
                       .ours = benchmark::time_text(call) + " a call",
                       .figure = 1e6 * call,
                       .target = threads == 1 ? "at most 2 us" : "at most 1 us: two cores' worth",
                       .met = call <= (threads == 1 ? 2e-6 : 1e-6)});
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view option = argc > 1 ? argv[1] : "";
    if (option == "--busy") start_busy_neighbour();
    return hecaton::run(argc, argv, [&](hecaton::Pool& pool) {
        if (option == "--busy") return busy_grid(pool);
        grid(pool, option == "--all");
        first<0>(pool, 1, 80e-9);
        first<100>(pool, 1'024, 5e-9);
        first<200>(pool, 1'024, 80e-9);
        first<300>(pool, 65'536, 1.4e-9);
        first_long(pool);
        applies(pool, 1);
        applies(pool, 4);
    });
}

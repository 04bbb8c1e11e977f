// Question 5: items of heavy-tailed cost, the largest first, last, and shuffled.
//
//     hecaton run -n 2 ./heavy_tail [pareto]
//
// 300 items of a lognormal law (or Pareto's), 0.5 s of arithmetic together. In each round a loop on the root measures
// what each item takes; then the same items run through map with automatic options, through map with the exact costs as
// a hint, and through OpenMP's schedule(dynamic), with as many threads as there are ranks, on the root while the other
// ranks wait. Automatic options are compared with a perfect greedy schedule of the round's costs (each item in its
// order to whoever is idle first, at no cost), the hint with the bound that no schedule beats: an even share of the
// work, or the longest item.
#include <fmt/core.h>
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <hecaton/hecaton.hpp>
#include <numeric>
#include <queue>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <support/benchmark.hpp>
#include <support/work.hpp>
#include <vector>

namespace {

constexpr std::size_t items = 300;
constexpr double total_seconds = 0.5;
constexpr int repeats = 7;
constexpr double automatic_target = 1.05;
constexpr double hinted_target = 1.03;

std::vector<double> heavy_tail(bool pareto) {
    std::mt19937_64 random(5);
    std::lognormal_distribution<> lognormal(0, 1.5);
    std::uniform_real_distribution<> uniform;
    std::vector<double> costs(items);
    for (double& cost : costs) cost = pareto ? std::pow(1 - uniform(random), -1 / 1.5) : lognormal(random);
    return costs;
}

std::vector<std::uint64_t> steps_of_work(bool pareto) {
    const std::vector<double> costs = heavy_tail(pareto);
    const double scale =
        static_cast<double>(benchmark::steps_for(total_seconds)) / std::accumulate(costs.begin(), costs.end(), 0.0);
    std::vector<std::uint64_t> steps(items);
    std::ranges::transform(costs, steps.begin(),
                           [&](double cost) { return static_cast<std::uint64_t>(cost * scale) + 1; });
    return steps;
}

// Where each item of the order comes from.
std::vector<std::size_t> permutation(std::string_view order, const std::vector<std::uint64_t>& steps) {
    std::vector<std::size_t> from(steps.size());
    std::iota(from.begin(), from.end(), std::size_t{0});
    const auto size = [&](std::size_t i) { return steps[i]; };
    if (order == "largest first") std::ranges::sort(from, std::greater<>(), size);
    if (order == "largest last") std::ranges::sort(from, std::less<>(), size);
    return from;
}

template <class T>
std::vector<T> permuted(const std::vector<T>& values, const std::vector<std::size_t>& from) {
    std::vector<T> result;
    for (const std::size_t i : from) result.push_back(values[i]);
    return result;
}

// What each item takes in a plain loop on this core.
std::vector<double> measured(const std::vector<std::uint64_t>& steps) {
    std::vector<double> seconds(steps.size());
    volatile std::uint64_t sink = 0;
    for (std::size_t i = 0; i < steps.size(); ++i)
        seconds[i] = benchmark::seconds_of([&] { sink = benchmark::work(steps[i]); });
    return seconds;
}

double perfect_greedy(const std::vector<double>& costs, int workers) {
    std::priority_queue<double, std::vector<double>, std::greater<>> idle_at;
    for (int i = 0; i < workers; ++i) idle_at.push(0);
    double end = 0;
    for (const double cost : costs) {
        const double done = idle_at.top() + cost;
        idle_at.pop();
        idle_at.push(done);
        end = std::max(end, done);
    }
    return end;
}

double lower_bound(const std::vector<double>& costs, int workers) {
    return std::max(std::accumulate(costs.begin(), costs.end(), 0.0) / workers, *std::ranges::max_element(costs));
}

double open_mp(const std::vector<std::uint64_t>& steps, int threads) {
    std::vector<std::uint64_t> results(steps.size());
    const auto count = static_cast<std::int64_t>(steps.size());
    return benchmark::seconds_of([&] {
#pragma omp parallel for schedule(dynamic) num_threads(threads)
        for (std::int64_t i = 0; i < count; ++i) {
            const auto at = static_cast<std::size_t>(i);
            results[at] = benchmark::work(steps[at]);
        }
    });
}

template <class Calls>
double mapped(Calls& calls, const std::vector<std::uint64_t>& steps) {
    std::vector<std::uint64_t> results;
    const double seconds = benchmark::seconds_of([&] { results = calls.map(benchmark::work, steps); });
    const auto shortest = static_cast<std::size_t>(std::ranges::min_element(steps) - steps.begin());
    if (results[shortest] != benchmark::work(steps[shortest])) throw std::logic_error("wrong results");
    return seconds;
}

// All orders of the same items: times of each round, and their ratios to what was possible.
struct Order {
    std::string name;
    std::vector<std::size_t> from = {};
    std::vector<std::uint64_t> steps = {};
    std::vector<double> automatic = {}, automatic_ratio = {}, hinted = {}, hinted_ratio = {};
    std::vector<double> open_mp = {}, open_mp_greedy = {}, open_mp_bound = {};
};

void one_round(hecaton::Pool& pool, Order& order, const std::vector<double>& costs_unordered, bool counts) {
    auto with_hint = pool.with({.cost = [&](std::size_t i) { return static_cast<double>(order.steps[i]); }});
    const std::vector<double> costs = permuted(costs_unordered, order.from);
    const double greedy = perfect_greedy(costs, pool.size());
    const double bound = lower_bound(costs, pool.size());
    const double automatic = mapped(pool, order.steps);
    const double peer = open_mp(order.steps, pool.size());
    const double hinted = mapped(with_hint, order.steps);
    if (!counts) return;
    order.automatic.push_back(automatic);
    order.automatic_ratio.push_back(automatic / greedy);
    order.hinted.push_back(hinted);
    order.hinted_ratio.push_back(hinted / bound);
    order.open_mp.push_back(peer);
    order.open_mp_greedy.push_back(peer / greedy);
    order.open_mp_bound.push_back(peer / bound);
}

void report(const std::string& what, const std::vector<double>& ours, const std::vector<double>& ratio,
            const std::vector<double>& peer, const std::vector<double>& peer_ratio, const char* against,
            double target) {
    using benchmark::median;
    benchmark::report(
        {.question = 5,
         .what = what,
         .ours = benchmark::time_text(median(ours)),
         .peer = fmt::format("{} ({:.3f}), OpenMP schedule(dynamic)", benchmark::time_text(median(peer)),
                             median(peer_ratio)),
         .figure = median(ratio),
         .target = fmt::format("at most {} of {}", target, against),
         .met = median(ratio) <= target,
         .note = fmt::format("what is possible is computed from a serial loop in each round, medians of {}; OpenMP on "
                             "the root, the other ranks wait",
                             repeats)});
}

}  // namespace

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [&](hecaton::Pool& pool) {
        const bool pareto = argc > 1 && std::string_view(argv[1]) == "pareto";
        const std::string law = pareto ? "Pareto" : "lognormal";
        const std::vector<std::uint64_t> steps = steps_of_work(pareto);
        std::vector<Order> orders = {{"largest first"}, {"largest last"}, {"shuffled"}};
        for (Order& order : orders) {
            order.from = permutation(order.name, steps);
            order.steps = permuted(steps, order.from);
        }
        for (int i = 0; i <= repeats; ++i) {
            const std::vector<double> costs = measured(steps);
            for (Order& order : orders) one_round(pool, order, costs, i > 0);  // the first wakes ranks and threads
        }
        for (const Order& order : orders) {
            report(fmt::format("{} items, {}, automatic", law, order.name), order.automatic, order.automatic_ratio,
                   order.open_mp, order.open_mp_greedy, "a perfect greedy schedule", automatic_target);
            report(fmt::format("{} items, {}, with a cost hint", law, order.name), order.hinted, order.hinted_ratio,
                   order.open_mp, order.open_mp_bound, "max(total/P, longest)", hinted_target);
        }
    });
}

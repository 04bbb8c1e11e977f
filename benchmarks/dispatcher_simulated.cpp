// Question 11: the dispatcher alone, without machines: events a second on this core, and virtual pools of up to 100,000
// workers in virtual time, to see where one root ends.
//
// What the dispatcher itself takes for a chunk is measured here, with as many workers. What is assumed: 0.2 us more of
// the root for the two messages of a chunk (a bare exchange of small messages over shared memory reaches 5.5 million a
// second), links of 1 us and 10 GB/s, and workers that lose no time.
#include <fmt/format.h>

#include <cmath>
#include <ctime>
#include <numeric>
#include <support/benchmark.hpp>
#include <unit/simulation.hpp>

namespace {

using namespace simulation;

// CPU time, for a core may be shared.
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

constexpr double messages = 0.2e-6;  // the root's time for a chunk's two messages, assumed
constexpr double wanted_rate = 5e6;
constexpr double wanted_efficiency = 0.95;

// Events a second. Each item is one send action and one finished event. Workers answer in turn, a batch each.
double events(const char* what, int workers, std::uint64_t items, bool one_job_each) {
    Dispatcher dispatcher;
    for (int i = 0; i < workers; ++i) dispatcher.add_worker(0);
    std::vector<std::vector<ChunkId>> held(static_cast<std::size_t>(workers));
    std::vector<ChunkId> batch;
    const double begin = cpu_seconds();
    std::uint64_t sent = 0;
    std::uint64_t finished = 0;
    double now = 0;
    const auto collect = [&] {
        for (const Action& action : dispatcher.actions()) {
            if (action.kind != Action::Kind::send) continue;
            held[static_cast<std::size_t>(action.worker)].push_back(action.chunk.id);
            ++sent;
        }
        dispatcher.clear_actions();
    };
    if (one_job_each) {
        for (std::uint64_t i = 0; i < items; ++i) dispatcher.submit({.items = 1}, now);
    } else {
        dispatcher.submit({.items = items, .chunk_size = 1}, now);
    }
    collect();
    while (dispatcher.jobs() != 0) {
        for (std::size_t worker = 0; worker < held.size(); ++worker) {
            batch.swap(held[worker]);
            for (const ChunkId id : batch) {
                now += 1e-6 / workers;
                finished += dispatcher.finished(static_cast<int>(worker), id, 1, 1e-6, now);
                if (dispatcher.actions().size() > 256) collect();
            }
            batch.clear();
            collect();
        }
    }
    const double rate = static_cast<double>(sent + finished) / (cpu_seconds() - begin);
    fmt::print("{:<34} {:>7} {:>9} {:>10.2f}\n", what, workers, items, rate / 1e6);
    return rate;
}

// `root`: its seconds for a chunk.
void efficiency(int workers, double item, std::uint64_t each, double root) {
    Network network;
    network.root = root;
    Pool pool(network);
    pool.at(0, [&](Pool& p) {
        for (int i = 0; i < workers; ++i) p.add_worker();
        p.submit({.items = each * static_cast<std::uint64_t>(workers)}, {{}, item});
    });
    pool.run();
    const double reached = item * static_cast<double>(each) / pool.completed_at();
    const double single_rate = workers / item;  // chunks a second, if each were one item
    const double busy = static_cast<double>(pool.chunks()) * root / pool.completed_at();
    fmt::print("{:>7} {:>6.4g} ms {:>6} {:>13.3g} {:>9.3g} {:>9} {:>8.2f} {:>8} {:>5.1f} % {:>10.4f}\n", workers,
               item * 1e3, each, single_rate, 1 / root, pool.chunks(),
               static_cast<double>(each * static_cast<std::uint64_t>(workers)) / static_cast<double>(pool.chunks()),
               pool.recalls(), 100 * busy, reached);
    const bool allowed = single_rate * root <= 1;
    benchmark::report(
        {.question = 11,
         .what = fmt::format("efficiency of {} virtual workers, items of {:.4g} ms", workers, item * 1e3),
         .ours = fmt::format("{:.1f} % of the root", 100 * busy),
         .peer = "",
         .figure = reached,
         .target = allowed ? fmt::format("at least {}", wanted_efficiency) : "",
         .met = reached >= wanted_efficiency,
         .note = allowed ? fmt::format("one item a chunk would be {:.3g} chunks a second, of {:.3g} possible",
                                       single_rate, 1 / root)
                         : fmt::format("beyond the message rate: one item a chunk would be {:.3g} chunks a second, of "
                                       "{:.3g} possible",
                                       single_rate, 1 / root)});
}

// Whoever is free takes the next item, at no cost: what one can hope for without knowing the future.
double greedy(const std::vector<double>& costs, int workers) {
    std::priority_queue<double, std::vector<double>, std::greater<>> free;
    for (int i = 0; i < workers; ++i) free.push(0);
    double end = 0;
    for (const double cost : costs) {
        const double done = free.top() + cost;
        free.pop();
        free.push(done);
        end = std::max(end, done);
    }
    return end;
}

// With a hint: the makespan over the bound that no schedule beats; else over what a greedy schedule takes.
void heavy_tail(const char* law, const char* order, int workers, bool at_once, bool hint) {
    double worst = 0;
    double sum = 0;
    std::uint64_t chunks = 0;
    std::uint64_t recalls = 0;
    constexpr int rounds = 20;
    for (int round = 0; round < rounds; ++round) {
        std::mt19937_64 random(static_cast<std::uint64_t>(round) + 1);
        std::lognormal_distribution<> lognormal(-1.125, 1.5);
        std::uniform_real_distribution<> uniform;
        std::vector<double> costs(2000);
        for (double& cost : costs) {
            cost = 1e-3 * (law[0] == 'l' ? lognormal(random) : std::pow(1 - uniform(random), -1 / 1.5) / 3);
        }
        if (order[0] == 'l') std::sort(costs.begin(), costs.end(), std::greater<>());
        if (order[0] == 's') std::sort(costs.begin(), costs.end());
        Network network;
        network.answers_at_once = at_once;
        Pool pool(network);
        pool.at(0, [&](Pool& p) {
            for (int i = 0; i < workers; ++i) p.add_worker();
            JobSpec spec{.items = costs.size()};
            if (hint) {
                const CostOrderLimits limits{.workers = static_cast<std::uint64_t>(workers)};
                spec.order = std::make_shared<const CostOrder>(costs, limits);
            }
            p.submit(spec, {costs, 0});
        });
        pool.run();
        const double bound = std::max(std::accumulate(costs.begin(), costs.end(), 0.0) / workers,
                                      *std::max_element(costs.begin(), costs.end()));
        const double ratio = pool.completed_at() / (hint ? bound : greedy(costs, workers));
        worst = std::max(worst, ratio);
        sum += ratio;
        chunks += pool.chunks();
        recalls += pool.recalls();
    }
    fmt::print("{:<10} {:<15} {:>7} {:>5} {:>9} {:>8} {:>8} {:>8.4f} {:>8.4f}\n", law, order, workers,
               hint ? "yes" : "no", at_once ? "at once" : "later", chunks / rounds, recalls / rounds, sum / rounds,
               worst);
}

// What the root needs to put a million items of random costs in order, each a piece of its own.
double ordering_seconds() {
    std::mt19937_64 random(1);
    std::lognormal_distribution<> law(0, 2);
    std::vector<double> costs(1'000'000);
    for (double& cost : costs) cost = law(random);
    const double begin = cpu_seconds();
    const CostOrder order(costs, {.workers = 2, .chunk_size = 1});
    return order.pieces().size() == costs.size() ? cpu_seconds() - begin : 0;
}

}  // namespace

int main() {
    fmt::print("events a second on one core (millions; an item is a send and a finished)\n");
    fmt::print("{:<34} {:>7} {:>9} {:>10}\n", "", "workers", "items", "M events/s");
    for (const int workers : {2, 100, 100'000}) events("jobs of one item", workers, 100'000, true);
    std::vector<std::pair<int, double>> rates;
    for (const int workers : {1, 2, 100, 1'000, 10'000, 100'000})
        rates.emplace_back(workers, events("one job, chunk_size 1", workers, 2'000'000, false));
    for (const auto& [workers, rate] : rates) {
        benchmark::report({.question = 11,
                           .what = fmt::format("the dispatcher alone, {} workers", workers),
                           .ours = benchmark::rate_text(rate),
                           .peer = "",
                           .figure = rate / 1e6,
                           .target = fmt::format("at least {} million events a second", wanted_rate / 1e6),
                           .met = rate >= wanted_rate,
                           .note = "one core; an item is two events, sent and finished"});
    }

    fmt::print(
        "\nwhere one root ends: the dispatcher as measured above, and {:.2g} us for a chunk's messages; automatic "
        "chunks\n",
        messages * 1e6);
    fmt::print("{:>7} {:>9} {:>6} {:>13} {:>9} {:>9} {:>8} {:>8} {:>7} {:>10}\n", "workers", "item", "each",
               "items/s ideal", "chunks/s", "chunks", "of items", "recalls", "root", "efficiency");
    for (const auto& [workers, rate] : rates) {
        if (workers < 1'000) continue;
        for (const double item : {10e-3, 100e-3, 1.0})
            efficiency(workers, item, item < 50e-3 ? 100 : 20, 2 / rate + messages);
    }

    fmt::print("\nheavy tails: makespan / greedy ideal, with a cost hint / lower bound; 2,000 items of about 1 ms\n");
    fmt::print("{:<10} {:<15} {:>7} {:>5} {:>9} {:>8} {:>8} {:>8} {:>8}\n", "law", "order", "workers", "hint",
               "answers", "chunks", "recalls", "mean", "worst");
    for (const char* law : {"lognormal", "pareto"}) {
        for (const char* order : {"largest first", "smallest first", "random"}) {
            for (const int workers : {2, 8}) {
                for (const bool hint : {false, true}) {
                    for (const bool at_once : {true, false}) heavy_tail(law, order, workers, at_once, hint);
                }
            }
        }
    }

    fmt::print("\nordering a million items by cost: {}\n", benchmark::time_text(ordering_seconds()));
}

// What the dispatcher costs and how well it keeps workers busy, without machines: events a second on this core, and
// virtual pools of up to 10,000 workers in virtual time.
#include <fmt/format.h>

#include <cmath>
#include <ctime>
#include <unit/simulation.hpp>

namespace {

using namespace simulation;

// CPU time, for a core may be shared.
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// Each item is one send action and one finished event. Workers answer in turn, a batch each.
void events(const char* what, int workers, std::uint64_t items, bool one_job_each) {
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
    const double seconds = cpu_seconds() - begin;
    fmt::print("{:<34} {:>7} {:>9} {:>10.2f}\n", what, workers, items,
               static_cast<double>(sent + finished) / seconds / 1e6);
}

void efficiency(int workers, double item, std::uint64_t each) {
    Pool pool;
    pool.at(0, [&](Pool& p) {
        for (int i = 0; i < workers; ++i) p.add_worker();
        p.submit({.items = each * static_cast<std::uint64_t>(workers)}, {{}, item});
    });
    pool.run();
    const double ideal = item * static_cast<double>(each);
    fmt::print("{:>7} {:>8.4g} {:>12} {:>10} {:>8} {:>10.4f}\n", workers, item * 1e3, each, pool.chunks(),
               pool.recalls(), ideal / pool.completed_at());
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

void heavy_tail(const char* law, const char* order, int workers, bool at_once) {
    double worst = 0;
    double sum = 0;
    std::uint64_t chunks = 0;
    std::uint64_t recalls = 0;
    constexpr int rounds = 50;
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
            p.submit({.items = costs.size()}, {costs, 0});
        });
        pool.run();
        const double ratio = pool.completed_at() / greedy(costs, workers);
        worst = std::max(worst, ratio);
        sum += ratio;
        chunks += pool.chunks();
        recalls += pool.recalls();
    }
    fmt::print("{:<10} {:<15} {:>7} {:>9} {:>8} {:>8} {:>8.4f} {:>8.4f}\n", law, order, workers,
               at_once ? "at once" : "later", chunks / rounds, recalls / rounds, sum / rounds, worst);
}

}  // namespace

int main() {
    fmt::print("events a second on one core (millions; an item is a send and a finished)\n");
    fmt::print("{:<34} {:>7} {:>9} {:>10}\n", "", "workers", "items", "M events/s");
    for (const int workers : {1, 2, 100, 10'000, 100'000}) events("one job, chunk_size 1", workers, 2'000'000, false);
    for (const int workers : {2, 100, 100'000}) events("jobs of one item", workers, 100'000, true);

    fmt::print("\nefficiency: ideal time / makespan (1 us + 10 GB/s links, 0.2 us of the root for each chunk)\n");
    fmt::print("{:>7} {:>8} {:>12} {:>10} {:>8} {:>10}\n", "workers", "item ms", "items/worker", "chunks", "recalls",
               "efficiency");
    for (const double item : {10e-3, 1e-3, 10e-6}) {
        for (const int workers : {2, 10, 100, 1'000, 10'000}) efficiency(workers, item, item < 1e-4 ? 10'000 : 100);
    }

    fmt::print("\nheavy tails: makespan / greedy ideal; 2,000 items of about 1 ms, 50 inputs each\n");
    fmt::print("{:<10} {:<15} {:>7} {:>9} {:>8} {:>8} {:>8} {:>8}\n", "law", "order", "workers", "answers", "chunks",
               "recalls", "mean", "worst");
    for (const char* law : {"lognormal", "pareto"}) {
        for (const char* order : {"largest first", "smallest first", "random"}) {
            for (const int workers : {2, 8}) {
                for (const bool at_once : {true, false}) heavy_tail(law, order, workers, at_once);
            }
        }
    }
}

// Question 18: ranks on several machines, over TCP. hosts.sh starts it on machines that it makes.
//
//     hecaton run --hosts a:2,b:2,c:2 ./far_ranks sleep "1 ms each way" 0.95
//     hecaton run --hosts a:2,b:2,c:2 ./far_ranks apply
//     hecaton run --hosts a:2,b:2,c:2 ./far_ranks chunks
//
// sleep: 2,000 items that sleep for 5 ms, so that the ranks of all machines overlap on the cores of one: the share of
// the time in which a rank sleeps. apply: one call on another machine against a message of raw MPI there and back, in
// turn. chunks: items of nothing, one a chunk, against a master and workers of raw MPI that have 32 items under way
// each.
#include <fmt/core.h>

#include <chrono>
#include <cstdlib>
#include <hecaton/hecaton.hpp>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>
#include <support/benchmark.hpp>
#include <thread>
#include <vector>

namespace {

using World = boost::mpi::communicator;

// Seconds that it has slept.
double nap(int) {
    const auto begin = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

int add_one(int x) { return x + 1; }

void sleep(const World& world, const std::string& way, double target) {
    constexpr int repeats = 3;
    hecaton::Pool pool(world);
    if (!pool.is_root()) {
        pool.serve();
        return;
    }
    std::vector<double> shares;
    for (int i = 0; i <= repeats; ++i) {
        std::vector<double> slept;
        const double wall = benchmark::seconds_of([&] { slept = pool.map(nap, std::vector<int>(2'000)); });
        if (i != 0) shares.push_back(std::accumulate(slept.begin(), slept.end(), 0.0) / (wall * world.size()));
    }
    pool.close();
    pool.join();
    const double share = benchmark::median(shares);
    benchmark::report({.question = 18,
                       .what = fmt::format("2,000 items of 5 ms on {} ranks of 3 machines, {}", world.size(), way),
                       .ours = fmt::format("{:.1f} % of the time", 100 * share),
                       .figure = share,
                       .target = fmt::format("at least {:.2f}", target),
                       .met = share >= target});
}

// Seconds of a message to the other rank and back.
double ping_pong(const World& pair, int rounds) {
    pair.barrier();
    int value = 0;
    const double seconds = benchmark::seconds_of([&] {
        for (int i = 0; i < rounds; ++i) {
            if (pair.rank() == 0) MPI_Send(&value, 1, MPI_INT, 1, 0, pair);
            MPI_Recv(&value, 1, MPI_INT, 1 - pair.rank(), 0, pair, MPI_STATUS_IGNORE);
            if (pair.rank() == 1) MPI_Send(&value, 1, MPI_INT, 0, 0, pair);
        }
    });
    return seconds / rounds;
}

// Seconds of a call on the other rank; `pause`: after so long without any.
double call(const World& pair, int rounds, std::chrono::milliseconds pause = {}) {
    hecaton::Pool pool(pair, {.root_works = false});
    if (!pool.is_root()) {
        pool.serve();
        return 0;
    }
    std::vector<double> times;
    for (int i = 0; i < rounds; ++i) {
        std::this_thread::sleep_for(pause);
        times.push_back(benchmark::seconds_of([&] { pool.apply(add_one, i); }));
    }
    pool.close();
    pool.join();
    return benchmark::median(times);
}

void apply(const World& world) {
    // Rank 0 and the first rank of another machine.
    const std::vector<std::string> hosts = hecaton::all_gather(world, std::vector{hecaton::this_worker::host()});
    int other = 0;
    while (other < world.size() && hosts[static_cast<std::size_t>(other)] == hosts.front()) ++other;
    if (other == world.size()) throw std::invalid_argument("all ranks are on one machine");
    const bool in_pair = world.rank() == 0 || world.rank() == other;
    const World pair = world.split(in_pair ? 0 : 1);
    if (!in_pair) return;
    const auto compared = benchmark::alternate(
        9, [&] { return call(pair, 500); }, [&] { return ping_pong(pair, 2'000); });
    const double rested = call(pair, 20, std::chrono::milliseconds(50));
    if (world.rank() != 0) return;
    benchmark::report({.question = 18,
                       .what = "apply on a rank of another machine",
                       .ours = benchmark::time_text(compared.ours),
                       .peer = benchmark::time_text(compared.peer) + ", a message of raw MPI there and back",
                       .figure = compared.ratio,
                       .target = "at most 1.5 times the peer's time",
                       .met = compared.ratio <= 1.5,
                       .note = fmt::format("after 50 ms without a call {}", benchmark::time_text(rested))});
}

constexpr int tiny_items = 100'000;

double tiny_chunks(const World& world) {
    hecaton::Pool pool(world);
    if (!pool.is_root()) {
        pool.serve();
        return 0;
    }
    const std::vector<int> items(tiny_items, 1);
    auto with = pool.with({.chunk_size = 1});
    with.map(add_one, std::vector<int>(1'000, 1));
    const double seconds = benchmark::seconds_of([&] { with.map(add_one, items); });
    pool.close();
    pool.join();
    return seconds;
}

double master_and_workers(const World& world) {
    constexpr int under_way = 32;
    constexpr int ends = 1;
    world.barrier();
    int value = 1;
    MPI_Status status;
    if (world.rank() != 0) {
        for (;;) {
            MPI_Recv(&value, 1, MPI_INT, 0, MPI_ANY_TAG, world, &status);
            if (status.MPI_TAG == ends) return 0;
            value = add_one(value);
            MPI_Send(&value, 1, MPI_INT, 0, 0, world);
        }
    }
    return benchmark::seconds_of([&] {
        int sent = 0;
        const auto send_next = [&](int worker) {
            const bool over = sent == tiny_items;
            MPI_Send(&value, 1, MPI_INT, worker, over ? ends : 0, world);
            if (!over) ++sent;
            return !over;
        };
        for (int i = 0; i < under_way; ++i)
            for (int worker = 1; worker < world.size(); ++worker) send_next(worker);
        std::vector<bool> home(static_cast<std::size_t>(world.size()));
        for (int received = 0; received < tiny_items; ++received) {
            MPI_Recv(&value, 1, MPI_INT, MPI_ANY_SOURCE, 0, world, &status);
            const auto worker = static_cast<std::size_t>(status.MPI_SOURCE);
            if (!home[worker]) home[worker] = !send_next(status.MPI_SOURCE);
        }
    });
}

void chunks(const World& world) {
    const auto compared = benchmark::alternate(
        9, [&] { return tiny_chunks(world); }, [&] { return master_and_workers(world); });
    if (world.rank() != 0) return;
    benchmark::report({.question = 18,
                       .what = fmt::format("items of nothing, chunk_size = 1, on {} ranks of 3 machines", world.size()),
                       .ours = benchmark::rate_text(tiny_items / compared.ours),
                       .peer = benchmark::rate_text(tiny_items / compared.peer) + ", raw MPI, 32 items under way",
                       .figure = 1 / compared.ratio,
                       .target = "at least the peer's rate",
                       .met = compared.ratio <= 1});
}

}  // namespace

int main(int argc, char** argv) {
    const hecaton::Environment environment(argc, argv);
    const auto world = environment.world();
    const std::string_view what = argc > 1 ? argv[1] : "";
    if (what == "sleep" && argc > 3) {
        sleep(world, argv[2], std::atof(argv[3]));
    } else if (what == "apply") {
        apply(world);
    } else if (what == "chunks") {
        chunks(world);
    } else {
        throw std::invalid_argument("far_ranks sleep WAY TARGET, far_ranks apply, or far_ranks chunks");
    }
}

// Everything that a pool does, at random, for as long as wanted, with every answer checked.
//
//     hecaton run -n 3 ./soak [SECONDS [SEED]]
//
// Each round opens a pool and makes some hundred calls: maps of all kinds, async ones that are cancelled or dropped,
// endless inputs, errors, crashes and time-outs in sandboxes, broadcasts. At the end it says what it did and what this
// process holds now and held in the beginning; the status is 1 when anything was wrong or has grown.
#include <fmt/core.h>
#include <unistd.h>

#include <boost/mpi/communicator.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <hecaton/hecaton.hpp>
#include <map>
#include <random>
#include <ranges>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Random = std::mt19937_64;

struct Wrong : std::runtime_error {
    using std::runtime_error::runtime_error;
};
void expect(bool right, const char* what) {
    if (!right) throw Wrong(what);
}

std::size_t up_to(Random& random, std::size_t most) {
    return std::uniform_int_distribution<std::size_t>(0, most)(random);
}

std::vector<int> numbers(Random& random, std::size_t most) {
    std::vector<int> result(up_to(random, most));
    for (int& x : result) x = static_cast<int>(up_to(random, 1'000'000));
    return result;
}

hecaton::MapOptions options(Random& random) {
    hecaton::MapOptions result;
    if (up_to(random, 1) == 0) result.chunk_size = 1 + up_to(random, 20);
    if (up_to(random, 1) == 0) result.buffer_size = 1 + up_to(random, 100);
    return result;
}

int twice(int x) { return 2 * x; }
std::string text_of(int x) { return std::to_string(x); }
int odd_fails(int x) { return x % 2 == 0 ? x : throw std::domain_error("odd"); }
int crash_at_7(int x) {
    if (x == 7) std::raise(SIGSEGV);
    return x;
}
int stuck_at_7(int x) {
    if (x == 7) std::this_thread::sleep_for(std::chrono::hours(1));
    return x;
}

void map(hecaton::Pool& pool, Random& random) {
    const auto input = numbers(random, 3'000);
    const auto output = pool.with(options(random)).map(twice, input);
    expect(output.size() == input.size(), "map: the number of results");
    for (std::size_t i = 0; i < input.size(); ++i) expect(output[i] == 2 * input[i], "map");
}

void map_of_texts(hecaton::Pool& pool, Random& random) {
    const auto input = numbers(random, 1'000);
    const auto output = pool.with(options(random)).map(text_of, input);
    for (std::size_t i = 0; i < input.size(); ++i) expect(output[i] == std::to_string(input[i]), "map of texts");
}

void outcomes(hecaton::Pool& pool, Random& random) {
    const auto input = numbers(random, 500);
    const auto all = pool.with(options(random)).map_outcomes(odd_fails, input);
    for (std::size_t i = 0; i < input.size(); ++i)
        expect(all[i].index == i && all[i].has_value() == (input[i] % 2 == 0), "map_outcomes");
}

void reduce(hecaton::Pool& pool, Random& random) {
    const auto input = numbers(random, 3'000);
    long expected = 0;
    for (const int x : input) expected += 2L * x;
    expect(pool.map_reduce(twice, std::plus<>(), 0L, input) == expected, "map_reduce");
}

void async(hecaton::Pool& pool, Random& random) {
    std::vector<hecaton::AsyncResult<std::vector<int>>> results;
    std::vector<std::vector<int>> inputs;
    for (std::size_t n = 1 + up_to(random, 10); n > 0; --n) {
        inputs.push_back(numbers(random, 300));
        results.push_back(pool.with(options(random)).map_async(twice, inputs.back()));
    }
    const std::size_t cancelled = up_to(random, results.size() - 1);
    results[cancelled].cancel();
    std::size_t seen = 0;
    for (auto& result : hecaton::as_completed(results)) {
        expect(result.ready(), "as_completed");
        ++seen;
    }
    expect(seen == results.size(), "as_completed: the number of results");
    for (std::size_t i = 0; i < results.size(); ++i) {
        if (i == cancelled && !results[i].successful()) continue;
        expect(results[i].get().size() == inputs[i].size(), "map_async");
    }
    (void)pool.map_async(twice, inputs.front());
}

void lazy(hecaton::Pool& pool, Random& random) {
    const int stop = static_cast<int>(up_to(random, 2'000));
    int next = 0;
    for (const int y : pool.with(options(random)).imap(twice, std::views::iota(0))) {
        expect(y == 2 * next, "imap");
        if (++next > stop) break;
    }
    long sum = 0;
    for (const int y : pool.with(options(random)).imap_unordered(twice, std::views::iota(0, stop))) sum += y;
    expect(sum == static_cast<long>(stop) * (stop - 1), "imap_unordered");
}

void crash(hecaton::Pool& pool, Random& random) {
    auto with = options(random);
    with.isolate = true;
    with.attempts = 1 + static_cast<int>(up_to(random, 1));
    const auto all = pool.with(with).map_outcomes(crash_at_7, std::views::iota(0, 20));
    for (std::size_t i = 0; i < 20; ++i) expect(all[i].has_value() == (i != 7), "isolate");
}

void stuck(hecaton::Pool& pool, Random& random) {
    auto with = options(random);
    with.timeout = std::chrono::seconds(1);
    const auto all = pool.with(with).map_outcomes(stuck_at_7, std::views::iota(0, 20));
    expect(!all[7].has_value(), "timeout");
    try {
        all[7].value();
    } catch (const hecaton::TaskTimeout&) {
        return;
    }
    throw Wrong("timeout: another error");
}

void broadcast(hecaton::Pool& pool, Random& random) {
    const auto shared = pool.broadcast(std::vector<double>(up_to(random, 300'000), 0.5));
    const auto sizes = pool.map([shared](int) { return shared->size(); }, std::views::iota(0, 10));
    for (const std::size_t size : sizes) expect(size == shared->size(), "broadcast");
    if (up_to(random, 1) == 0) pool.release(shared);
}

using Call = void (*)(hecaton::Pool&, Random&);
struct Kind {
    const char* name;
    Call call;
    int weight;
};
constexpr Kind kinds[] = {{"map", map, 20},
                          {"map of texts", map_of_texts, 10},
                          {"map_outcomes", outcomes, 10},
                          {"map_reduce", reduce, 10},
                          {"async", async, 10},
                          {"imap", lazy, 10},
                          {"isolate", crash, 2},
                          {"timeout", stuck, 1},
                          {"broadcast", broadcast, 5}};

const Kind& any_kind(Random& random) {
    int total = 0;
    for (const Kind& kind : kinds) total += kind.weight;
    int at = static_cast<int>(up_to(random, static_cast<std::size_t>(total - 1)));
    for (const Kind& kind : kinds)
        if ((at -= kind.weight) < 0) return kind;
    return kinds[0];
}

struct Holdings {
    long megabytes = 0;
    long descriptors = 0;
    long threads = 0;
};

Holdings holdings() {
    namespace fs = std::filesystem;
    const auto entries = [](const char* folder) {
        return static_cast<long>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
    };
    std::ifstream statm("/proc/self/statm");
    long total = 0;
    long resident = 0;
    statm >> total >> resident;
    return {resident * ::sysconf(_SC_PAGESIZE) / (1 << 20), entries("/proc/self/fd"), entries("/proc/self/task")};
}

// A pool's life, on all ranks. Returns whether there is to be another round.
bool round(const boost::mpi::communicator& world, Random& random, Clock::time_point end,
           std::map<std::string, long>& done) {
    hecaton::Pool pool(world);
    if (!pool.is_root()) return pool.serve() == 0;
    for (int i = 0; i < 200 && Clock::now() < end; ++i) {
        const Kind& kind = any_kind(random);
        kind.call(pool, random);
        ++done[kind.name];
    }
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    const hecaton::Environment environment(argc, argv);
    const auto world = environment.world();
    const auto seconds = std::chrono::seconds(argc > 1 ? std::atol(argv[1]) : 3600);
    const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : std::random_device()();
    if (world.rank() == 0) fmt::print("soak: {} s on {} ranks, seed {}\n", seconds.count(), world.size(), seed);
    Random random(seed);
    std::map<std::string, long> done;
    Holdings first;
    long rounds = 0;
    try {
        const auto end = Clock::now() + seconds;
        for (int more = 1; more != 0; ++rounds) {
            round(world, random, end, done);
            if (rounds == 3) first = holdings();
            more = Clock::now() < end ? 1 : 0;
            more = hecaton::broadcast(world, more);
        }
    } catch (const std::exception& error) {
        fmt::print(stderr, "soak: wrong after {} rounds, seed {}: {}\n", rounds, seed, error.what());
        world.abort(1);
    }
    const Holdings last = holdings();
    const bool grown = rounds > 4 && (last.descriptors > first.descriptors || last.threads > first.threads ||
                                      last.megabytes > first.megabytes + 64);
    if (world.rank() == 0) {
        fmt::print("soak: {} pools", rounds);
        for (const auto& [name, count] : done) fmt::print(", {} {}", count, name);
        fmt::print("\n");
    }
    fmt::print("soak: rank {}: {} MiB, {} descriptors, {} threads; after 4 pools {} MiB, {}, {}\n", world.rank(),
               last.megabytes, last.descriptors, last.threads, first.megabytes, first.descriptors, first.threads);
    if (grown) {
        fmt::print(stderr, "soak: rank {} holds more than in the beginning\n", world.rank());
        world.abort(1);
    }
    return 0;
}

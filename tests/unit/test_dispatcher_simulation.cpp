// Thousands of random pools in virtual time: whatever happens to the workers, every item is reported exactly once.
//
// HECATON_SIMULATION_RUNS sets how many; HECATON_SIMULATION_SEED replays one.
#include <cmath>
#include <cstdlib>
#include <memory>
#include <support/catch.hpp>
#include <support/sanitizer.hpp>
#include <unit/simulation_ledger.hpp>

namespace {

using namespace simulation;

class Script {
  public:
    explicit Script(std::uint64_t seed) : random_(seed) {}

    Ledger::Seen play() {
        Network network;
        network.latency = pick(2) == 0 ? 1e-6 : 1e-4;
        network.jitter = pick(2) == 0 ? 0 : real(1e-3);
        network.root = pick(2) == 0 ? 0 : 0.2e-6;
        network.answers_at_once = pick(2) == 0;
        SizingOptions sizing;
        if (pick(4) == 0) sizing.queue = 1 + pick(8);
        if (pick(4) == 0) sizing.longest = sizing.patience = real(1e-2);
        Ledger ledger;
        Pool pool(network, sizing, random_(), &ledger);
        pool.block_of = [&](JobId job) { return ledger.block_of(job); };
        span_ = std::pow(10.0, -3 + real(3));
        workers(pool);
        const std::uint64_t jobs = pick(8) == 0 ? 1 + pick(40) : 1 + pick(4);
        for (std::uint64_t i = 0; i < jobs; ++i) job(pool);
        pool.run(2'000'000);
        ledger.close(pool.dispatcher());
        return ledger.seen;
    }

  private:
    std::uint64_t pick(std::uint64_t below) { return random_() % below; }
    double real(double below) { return std::uniform_real_distribution<>(0, below)(random_); }
    double moment() { return pick(3) == 0 ? 0 : real(span_); }

    void workers(Pool& pool) {
        const std::uint64_t count = pick(3) == 0 ? 1 + pick(50) : 1 + pick(6);
        const std::uint64_t losses = pick(2) == 0 ? 0 : pick(count + 1);
        for (std::uint64_t i = 0; i < count; ++i) {
            pool.at(pick(5) == 0 ? real(span_) : 0, [](Pool& p) { p.add_worker(); });
        }
        for (std::uint64_t i = 0; i < losses; ++i) {
            const auto worker = static_cast<int>(pick(count));
            const double later = pick(2) == 0 ? 0 : real(5e-3);
            const auto how = pick(3);
            pool.at(real(span_), [worker, later, how](Pool& p) {
                if (static_cast<std::size_t>(worker) >= p.workers()) return;
                how == 0 ? p.forsake(worker) : p.kill(worker, later, how == 1);
            });
            if (pick(4) == 0) pool.at(real(2 * span_), [](Pool& p) { p.add_worker(); });
        }
    }

    Costs costs(std::uint64_t items) {
        Costs result;
        const double scale = std::pow(10.0, -7 + real(5));
        const auto kind = pick(4);
        if (kind == 0) {
            result.same = pick(8) == 0 ? 0 : scale;
            return result;
        }
        for (std::uint64_t i = 0; i < items; ++i) {
            const double u = 1 - real(1);
            result.each.push_back(kind == 1 ? u * scale : kind == 2 ? scale / std::pow(u, 1 / 1.2) : scale);
        }
        if (kind == 3 && items != 0) result.each[pick(items)] = 1000 * scale;
        if (items == 0) result.same = scale;
        return result;
    }

    // What the user says of them, which is not always true.
    std::vector<double> hints(const Costs& costs, std::uint64_t items) {
        const auto kind = pick(3);
        std::vector<double> result;
        for (std::uint64_t i = 0; i < items; ++i) {
            result.push_back(kind == 0 ? costs(i) : kind == 1 ? real(1) : static_cast<double>(pick(3)));
        }
        return result;
    }

    void job(Pool& pool) {
        JobSpec spec;
        const std::uint64_t items = pick(10) == 0 ? 0 : pick(3) == 0 ? 1 + pick(5) : pick(200);
        spec.chunk_size = pick(2) == 0 ? 0 : 1 + pick(pick(2) == 0 ? 4 : 100);
        spec.block = pick(3) == 0 ? 1 + pick(16) : 1;
        if (spec.block == 1 && pick(4) != 0) spec.together = 300;
        spec.attempts = 1 + static_cast<int>(pick(4));
        spec.open = pick(3) == 0;
        spec.items = spec.open ? pick(items + 1) : items;
        const std::uint64_t parts = spec.open ? pick(20) : 0;
        Costs cost = costs(items);
        if (pick(8) == 0 && items > 20) {  // a run of tiny chunks with a long one in it
            spec.chunk_size = spec.block = 1;
            spec.together = 300;
            cost.each.assign(items, 1e-5);
            cost.each[pick(items)] = 0.1;
        }
        auto id = std::make_shared<JobId>(0);
        const double begin = moment();
        if (!spec.open && pick(3) == 0) {
            spec.order = std::make_shared<const CostOrder>(
                hints(cost, items),
                CostOrderLimits{.workers = 1 + pick(8), .block = spec.block, .chunk_size = spec.chunk_size});
        }
        pool.at(begin, [id, spec, cost](Pool& p) { *id = p.submit(spec, cost); });
        for (std::uint64_t i = 0; i < parts; ++i) {
            pool.at(begin + real(span_), [id, more = pick(20)](Pool& p) { p.extend(*id, more); });
        }
        if (spec.open) pool.at(begin + span_, [id](Pool& p) { p.close_input(*id); });
        if (pick(5) == 0) {
            for (std::uint64_t times = 1 + pick(2); times > 0; --times) {
                pool.at(begin + real(span_), [id](Pool& p) { p.cancel(*id); });
            }
        }
    }

    std::mt19937_64 random_;
    double span_ = 0;
};

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

#ifdef NDEBUG
constexpr std::uint64_t default_runs = hecaton::test::sanitized ? 1'000 : 20'000;
#else
constexpr std::uint64_t default_runs = 1'000;
#endif

}  // namespace

TEST_CASE("every item is reported exactly once, whatever happens") {
    const bool replay = std::getenv("HECATON_SIMULATION_SEED") != nullptr;
    const std::uint64_t first = setting("HECATON_SIMULATION_SEED", 1);
    const std::uint64_t runs = replay ? 1 : setting("HECATON_SIMULATION_RUNS", default_runs);
    int failures = 0;
    Ledger::Seen all;
    for (std::uint64_t seed = first; seed < first + runs && failures < 5; ++seed) {
        try {
            const Ledger::Seen seen = Script(seed).play();
            all.finished += seen.finished;
            all.stale += seen.stale;
            all.partial += seen.partial;
            all.returned += seen.returned;
            all.recalls += seen.recalls;
            all.retried += seen.retried;
            all.lost += seen.lost;
            all.cancelled += seen.cancelled;
            all.runs += seen.runs;
            all.shortened += seen.shortened;
        } catch (const std::exception& error) {
            ++failures;
            FAIL_CHECK(error.what() << "; replay with: HECATON_SIMULATION_SEED=" << seed
                                    << " ./test_dispatcher_simulation");
        }
    }
    CHECK(failures == 0);
    INFO("finished " << all.finished << ", stale " << all.stale << ", partial " << all.partial << ", returned "
                     << all.returned << ", recalls " << all.recalls << ", retried " << all.retried << ", lost "
                     << all.lost << ", cancelled " << all.cancelled << ", runs of chunks " << all.runs << ", shortened "
                     << all.shortened);
    if (runs < 1'000) return;
    for (const std::uint64_t count :
         {all.stale, all.partial, all.returned, all.retried, all.lost, all.cancelled, all.runs, all.shortened}) {
        CHECK(count > runs / 100);
    }
}

TEST_CASE("the same events lead to the same actions") {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) CHECK(Script(seed).play().digest == Script(seed).play().digest);
    CHECK(Script(1).play().digest != Script(2).play().digest);
}

TEST_CASE("100,000 workers finish a job together") {
    Network network;
    network.root = 0;
    Pool pool(network);
    pool.at(0, [](Pool& p) {
        for (int i = 0; i < 100'000; ++i) p.add_worker();
        p.submit({.items = 500'000}, {{}, 1e-2});
        p.submit({.items = 200'000, .chunk_size = 1}, {{}, 1e-2});
    });
    pool.run();
    CHECK(pool.dispatcher().jobs() == 0);
    CHECK(pool.completed_at() < 8e-2);  // seven items each, and no more than one for the tail
}

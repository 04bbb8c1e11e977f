// Thousands of random pools in virtual time: whatever happens to the workers, every item is reported exactly once.
//
// HECATON_SIMULATION_RUNS sets how many; HECATON_SIMULATION_SEED replays one.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <support/catch.hpp>
#include <support/sanitizer.hpp>
#include <unit/simulation_ledger.hpp>

namespace {

using namespace simulation;

class Script {
  public:
    /// `crowd`: so many workers, and jobs in which they all have something to do; 0: a few workers, and small jobs.
    explicit Script(std::uint64_t seed, std::uint64_t crowd = 0) : random_(seed), crowd_(crowd) {}

    Ledger::Seen play() {
        Network network;
        network.latency = pick(2) == 0 ? 1e-6 : 1e-4;
        network.jitter = pick(2) == 0 ? 0 : real(1e-3);
        network.root = pick(2) == 0 ? 0 : 0.2e-6;
        network.answers_at_once = pick(2) == 0;
        network.again = pick(2) == 0 ? 0 : 1 + pick(20);
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
        if (pick(4) == 0) {
            const double last = real(3 * span_);
            pool.at(pick(2) == 0 ? 0 : real(2 * span_), [last](Pool& p) { p.end_at(last); });
        }
        pool.run(crowd_ == 0 ? 2'000'000 : 50'000'000);
        ledger.close(pool.dispatcher());
        return ledger.seen;
    }

  private:
    std::uint64_t pick(std::uint64_t below) { return random_() % below; }
    double real(double below) { return std::uniform_real_distribution<>(0, below)(random_); }
    double moment() { return pick(3) == 0 ? 0 : real(span_); }

    void workers(Pool& pool) {
        const std::uint64_t count = crowd_ != 0 ? crowd_ : pick(3) == 0 ? 1 + pick(50) : 1 + pick(6);
        for (std::uint64_t i = 0; i < count; ++i) {
            pool.at(pick(5) == 0 ? real(span_) : 0, [](Pool& p) { p.add_worker(); });
        }
        for (const int worker : victims(count)) lose(pool, worker);
        for (std::uint64_t i = pick(3) == 0 ? pick(count + 1) : 0; i > 0; --i) {
            const auto worker = static_cast<int>(pick(count));
            const double until = real(2 * span_);
            pool.at(real(span_), [worker, until](Pool& p) {
                if (static_cast<std::size_t>(worker) < p.workers()) p.stall(worker, until);
            });
        }
    }

    // None, some, all but one, or all.
    std::vector<int> victims(std::uint64_t count) {
        std::vector<int> all(count);
        std::iota(all.begin(), all.end(), 0);
        std::shuffle(all.begin(), all.end(), random_);
        const auto kind = pick(8);
        all.resize(kind < 4 ? 0 : kind < 6 ? pick(count + 1) : kind == 6 ? count - 1 : count);
        together_ = pick(3) == 0 ? real(span_) : -1;
        return all;
    }

    void lose(Pool& pool, int worker) {
        const double later = pick(2) == 0 ? 0 : real(5e-3);
        const auto how = pick(3);
        pool.at(together_ >= 0 ? together_ : real(span_), [worker, later, how](Pool& p) {
            if (static_cast<std::size_t>(worker) >= p.workers()) return;
            how == 0 ? p.forsake(worker) : p.kill(worker, later, how == 1);
        });
        if (pick(4) == 0) pool.at(real(2 * span_), [](Pool& p) { p.add_worker(); });
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

    // Of `count` items from `first` on, some are done already.
    std::vector<ItemRange> done_before(std::uint64_t first, std::uint64_t count, std::uint64_t block, bool to_the_end) {
        std::vector<ItemRange> done;
        if (pick(4) != 0) return done;
        const std::uint64_t end = first + count;
        for (std::uint64_t at = first + (block - first % block) % block; at < end;) {
            const std::uint64_t wanted = block * (1 + pick(pick(2) == 0 ? 2 : 30));
            const std::uint64_t more = std::min(wanted, to_the_end ? end - at : (end - at) / block * block);
            if (more == 0) break;
            if (pick(2) == 0) done.push_back({at, more});
            at += more;
        }
        return done;
    }

    void job(Pool& pool) {
        JobSpec spec;
        const std::uint64_t most = crowd_ == 0 ? 200 : 5 * crowd_;
        const std::uint64_t items = pick(10) == 0 ? 0 : pick(3) == 0 ? 1 + pick(5) : pick(most);
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
        const auto done = done_before(0, spec.items, spec.block, !spec.open);
        if (!spec.open && pick(3) == 0) {
            spec.order = std::make_shared<const CostOrder>(
                hints(cost, items),
                CostOrderLimits{
                    .workers = 1 + pick(8), .block = spec.block, .chunk_size = spec.chunk_size, .done = done});
        }
        pool.at(begin, [id, spec, cost, done](Pool& p) {
            JobSpec with_done = spec;
            with_done.done = done;
            *id = p.submit(with_done, cost);
        });
        auto known = std::make_shared<std::uint64_t>(spec.items);
        for (std::uint64_t i = 0; i < parts; ++i) {
            const std::uint64_t more = pick(20);
            // As far as its place is known beforehand: the parts come in any order.
            const bool all_done = spec.block == 1 && pick(6) == 0;
            pool.at(begin + real(span_), [id, more, all_done, known](Pool& p) {
                const ItemRange range{*known, more};
                if (all_done && more != 0) {
                    p.extend(*id, more, {&range, 1});
                } else {
                    p.extend(*id, more);
                }
                *known += more;
            });
        }
        if (spec.open) pool.at(begin + span_, [id](Pool& p) { p.close_input(*id); });
        if (pick(5) == 0) {
            for (std::uint64_t times = 1 + pick(2); times > 0; --times) {
                pool.at(begin + real(span_), [id](Pool& p) { p.cancel(*id); });
            }
        }
        if (pick(4) == 0) {
            const bool anywhere = spec.block == 1 && spec.order == nullptr;
            for (std::uint64_t times = 1 + pick(2); times > 0; --times) {
                const std::uint64_t from = anywhere && pick(2) == 0 ? pick(items + 1) : 0;
                pool.at(begin + real(span_), [id, from](Pool& p) { p.cut(*id, from); });
            }
        }
    }

    std::mt19937_64 random_;
    std::uint64_t crowd_;
    double span_ = 0;
    double together_ = -1;  // all losses are then; below 0: at any time
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
            all.cut += seen.cut;
            all.runs += seen.runs;
            all.shortened += seen.shortened;
            all.done_before += seen.done_before;
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
    for (const std::uint64_t count : {all.stale, all.partial, all.returned, all.retried, all.lost, all.cancelled,
                                      all.cut, all.runs, all.shortened, all.done_before}) {
        CHECK(count > runs / 100);
    }
}

TEST_CASE("every item is reported exactly once, with 10,000 workers that are lost") {
    const std::uint64_t first = setting("HECATON_SIMULATION_SEED", 1);
    const std::uint64_t runs = std::getenv("HECATON_SIMULATION_SEED") != nullptr ? 1 : default_runs / 1'000;
    Ledger::Seen all;
    for (std::uint64_t seed = first; seed < first + runs; ++seed) {
        INFO("replay with: HECATON_SIMULATION_SEED=" << seed << " ./test_dispatcher_simulation");
        Ledger::Seen seen;
        REQUIRE_NOTHROW(seen = Script(seed, 10'000).play());
        all.finished += seen.finished;
        all.stale += seen.stale;
        all.retried += seen.retried;
        all.lost += seen.lost;
    }
    CAPTURE(all.finished, all.stale, all.retried, all.lost);
    CHECK(all.finished > 0);
    if (runs >= 20) CHECK((all.stale > 100 && all.retried > 100 && all.lost > 100));
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

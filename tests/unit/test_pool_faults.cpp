// Each allocation of a pool's calls fails once: whichever it is, the call gives the right answer or one error, nothing
// hangs, and afterwards the pool works, or says that it has failed.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <hecaton/pool/calls/arguments.hpp>
#include <hecaton/pool/calls/collectors.hpp>
#include <hecaton/pool/calls/fold_job.hpp>
#include <hecaton/pool/calls/map_job.hpp>
#include <hecaton/pool/lazy_range.hpp>
#include <hecaton/pool/root/process_state.hpp>
#include <hecaton/pool/shared/form.hpp>
#include <hecaton/pool/shared/store.hpp>
#include <hecaton/survival/process_task.hpp>
#include <hecaton/survival/zygote.hpp>
#include <memory>
#include <new>
#include <numeric>
#include <ranges>
#include <string>
#include <support/allocations.hpp>
#include <support/catch.hpp>
#include <support/in_process_pool.hpp>
#include <support/lazy_call.hpp>
#include <support/square.hpp>
#include <vector>

using namespace hecaton;
using test::InProcessPool;
namespace allocations = test::allocations;

namespace {

constexpr std::size_t large = 20'000;  // bytes of a value that travels on its own

const auto square = [](int x) { return test::square(x); };
const auto doubled = [](const std::string& text) { return text + text; };
const auto length = [](const std::string& text) { return text.size(); };

std::vector<int> numbers(int n) {
    std::vector<int> result(static_cast<std::size_t>(n));
    std::iota(result.begin(), result.end(), 0);
    return result;
}

std::vector<std::string> words() {
    std::vector<std::string> result;
    for (int i = 0; i < 24; ++i) result.push_back(std::string(i % 6 == 5 ? large : 40, static_cast<char>('a' + i)));
    return result;
}

template <template <class> class CollectorOf, class F, class Arguments>
auto map_job(F f, Arguments arguments, MapOptions options) {
    using Collector = typename CollectorOf<detail::result_for_t<F, Arguments>>::type;
    const auto items = arguments.size();
    return std::make_shared<detail::MapJob<F, Arguments, Collector>>(f, std::move(arguments), Collector(items),
                                                                     std::move(options));
}

template <class ConcreteJob>
auto run(InProcessPool& pool, const std::shared_ptr<ConcreteJob>& job) {
    pool.driver().submit(job, false);
    pool.driver().wait(*job);
    return job->result();
}

// As Pool makes them.
template <class F, class T>
auto map(InProcessPool& pool, F f, const std::vector<T>& items, MapOptions options = {}) {
    return run(pool, map_job<detail::VectorOf>(f, detail::zip<detail::Lifetime::call>(items), std::move(options)));
}
template <class F, class T>
auto start(InProcessPool& pool, F f, const std::vector<T>& items, MapOptions options = {}) {
    auto job = map_job<detail::VectorOf>(f, detail::zip<detail::Lifetime::detached>(items), std::move(options));
    pool.driver().submit(job, true);
    return job;
}
template <class F, class T>
auto apply(InProcessPool& pool, F f, T argument) {
    detail::Source<std::tuple<T>> source;
    source.add(std::tuple<T>(std::move(argument)));
    source.settle();
    return run(pool, map_job<detail::OneOf>(f, detail::spread(std::move(source)), {}));
}
template <class F, class T>
auto outcomes(InProcessPool& pool, F f, const std::vector<T>& items) {
    static const auto hosts = std::make_shared<const std::vector<std::string>>(4, "here");
    auto arguments = detail::zip<detail::Lifetime::call>(items);
    using Collector = detail::CollectOutcomes<detail::result_for_t<F, decltype(arguments)>>;
    return run(pool, std::make_shared<detail::MapJob<F, decltype(arguments), Collector>>(
                         f, std::move(arguments), Collector(items.size(), hosts), MapOptions()));
}
template <class F, class Op, class T, class Item>
auto map_reduce(InProcessPool& pool, F f, Op op, T init, const std::vector<Item>& items) {
    auto arguments = detail::zip<detail::Lifetime::call>(items);
    return run(pool, std::make_shared<detail::FoldJob<F, Op, T, decltype(arguments)>>(
                         f, op, std::move(init), std::move(arguments), MapOptions()));
}

// `call` gives true when its answer is right. It is called with the first allocation failing, with the second, and so
// on until it asks for no more. `hears_all`: the call is there to throw whatever the pool fails with.
template <class Call>
void at_every_allocation(int others, Call&& call, bool hears_all = true) {
    std::unique_ptr<InProcessPool> pool;
    std::size_t failed_pools = 0;
    std::size_t errors = 0;
    bool fired = true;
    for (std::size_t n = 1; fired; ++n) {
        CAPTURE(others, n);
        if (pool == nullptr) pool = std::make_unique<InProcessPool>(others);
        bool right = true;
        bool out_of_memory = false;
        allocations::fail_at(n);
        try {
            right = call(*pool);
        } catch (const std::bad_alloc&) {
            out_of_memory = true;
        }
        fired = allocations::fail_at(0);
        REQUIRE(right);
        if (!fired) REQUIRE(!out_of_memory);
        if (out_of_memory) ++errors;
        try {
            const auto later = map(*pool, square, std::vector<int>{1, 2, 3});
            REQUIRE(later == std::vector<int>{1, 4, 9});
        } catch (const std::bad_alloc&) {
            REQUIRE(pool->driver().failure());
        }
        if (pool->driver().failure()) {
            ++failed_pools;
            pool.reset();
        }
    }
    CHECK(errors > 0);
    INFO(failed_pools << " pools failed, " << errors << " calls threw");
    if (hears_all) CHECK(failed_pools <= errors + 5);
}

template <class Call>
void at_every_allocation_with_any_pool(Call&& call, bool hears_all = true) {
    for (const int others : {0, 2}) at_every_allocation(others, call, hears_all);
}

}  // namespace

TEST_CASE("map of plain values") {
    const auto items = numbers(300);
    std::vector<int> right;
    for (const int x : items) right.push_back(square(x));
    at_every_allocation_with_any_pool(
        [&](InProcessPool& pool) { return map(pool, square, items, {.chunk_size = 20}) == right; });
}

TEST_CASE("map of many plain values, which travel on their own") {
    const auto items = numbers(40'000);
    std::vector<int> right;
    for (const int x : items) right.push_back(square(x % 1'000));
    const auto f = [](int x) { return square(x % 1'000); };
    at_every_allocation_with_any_pool(
        [&](InProcessPool& pool) { return map(pool, f, items, {.chunk_size = 10'000}) == right; });
}

TEST_CASE("map of text") {
    const auto items = words();
    std::vector<std::string> right;
    for (const auto& word : items) right.push_back(doubled(word));
    at_every_allocation_with_any_pool(
        [&](InProcessPool& pool) { return map(pool, doubled, items, {.chunk_size = 4}) == right; });
}

TEST_CASE("map_async") {
    const auto items = words();
    at_every_allocation_with_any_pool([&](InProcessPool& pool) {
        const auto first = start(pool, length, items, {.chunk_size = 3});
        const auto second = start(pool, square, numbers(50));
        pool.driver().wait(*second);
        pool.driver().wait(*first);
        return second->result()[49] == 49 * 49 && first->result()[5] == large;
    });
}

TEST_CASE("apply") {
    at_every_allocation_with_any_pool(
        [&](InProcessPool& pool) { return apply(pool, length, std::string(large, 'x')) == large; });
}

TEST_CASE("map_outcomes: the items that failed for want of memory say so") {
    const auto items = words();
    at_every_allocation_with_any_pool([&](InProcessPool& pool) {
        const auto all = outcomes(pool, doubled, items);
        bool right = all.size() == items.size();
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (all[i].has_value()) {
                right = right && all[i].value() == doubled(items[i]);
            } else {
                right = right && all[i].error().type_name() == "std::bad_alloc";
            }
        }
        return right;
    });
}

TEST_CASE("map_reduce") {
    const auto items = words();
    const auto concatenated = [](std::string a, const std::string& b) { return a + b; };
    std::string right;
    for (const auto& word : items) right += doubled(word);
    at_every_allocation_with_any_pool(
        [&](InProcessPool& pool) { return map_reduce(pool, doubled, concatenated, std::string(), items) == right; });
}

TEST_CASE("imap, in order and as results come") {
    const auto items = words();
    for (const bool ordered : {true, false}) {
        at_every_allocation_with_any_pool([&](InProcessPool& pool) {
            std::size_t i = 0;
            std::size_t bytes = 0;
            bool right = true;
            for (auto&& text : test::lazy(pool, doubled, std::views::all(items), ordered, {.buffer_size = 7})) {
                right = right && (!ordered || text == doubled(items[i]));
                bytes += text.size();
                ++i;
            }
            return right && i == items.size() && bytes == 2 * (4 * large + 20 * 40);
        });
    }
}

TEST_CASE("imap that is left early") {
    at_every_allocation_with_any_pool(
        [&](InProcessPool& pool) {
            for (const int y : test::lazy(pool, square, std::views::iota(0), true))
                if (y > 1'000) return true;
            return false;
        },
        false);
}

TEST_CASE("values that are shared") {
    static std::uint64_t next = 1;
    for (const std::size_t size : {std::size_t{10}, std::size_t{3'000'000}}) {
        // One other rank: these "ranks" have one store, in which each would make room for the value.
        at_every_allocation(1, [&](InProcessPool& pool) {
            const std::uint64_t id = next++;
            auto shared = detail::new_shared<std::vector<double>>(std::vector<double>(size / 8, 2.5));
            struct Kept {
                std::uint64_t id;
                ~Kept() { detail::shared_store().drop(id); }
            } const kept{id};
            detail::shared_store().put(id, shared.block, std::move(shared.value));
            pool.driver().share(id, std::move(shared.block));
            const auto count = [](int x) { return x; };
            const bool right = map(pool, count, numbers(8), {.chunk_size = 1}) == numbers(8);
            pool.driver().drop_shared(id, {});
            return right;
        });
    }
}

TEST_CASE("processes") {
    detail::make_zygote();
    at_every_allocation_with_any_pool([&](InProcessPool& pool) {
        using Phase = detail::ProcessState::Phase;
        auto state = std::make_shared<detail::ProcessState>();
        state->phase = Phase::starting;
        const auto leave = [](int status, const std::string& text) { ::_exit(text.size() == large ? status : 99); };
        pool.driver().start_process(state, "test",
                                    std::make_shared<const detail::Buffer>(
                                        detail::encode_process_task<std::decay_t<decltype(leave)>, int, std::string>(
                                            leave, 7, std::string(large, 'x'))));
        pool.driver().wheel().drive_until([&] { return state->over(); });
        if (state->error) std::rethrow_exception(state->error);
        return state->phase == Phase::ended && WEXITSTATUS(state->status) == 7;
    });
}

// expect: what it has not yielded is cancelled when it goes: iterate over it
// expect: hecaton::LazyRange
// expect: hecaton::LazyRange
// expect: hecaton::LazyRange
// expect: hecaton::LazyRange
// expect: result and error are in it alone: keep it, and ask get()
// expect: hecaton::AsyncResult
// expect: hecaton::AsyncResult
// expect: hecaton::AsyncResult
// expect: map_outcomes
// expect: starmap_outcomes
// expect: map_reduce
// expect: make the call through what with() returns
// expect: hecaton::PoolWithOptions
// expect: tasks reach the value through this handle only: keep it
// expect: wait_for
// expect: wait_all
// expect: wait_any
// expect: wait_any_error
// expect: as_completed
#include <chrono>
#include <hecaton/hecaton.hpp>
#include <utility>
#include <vector>

#pragma GCC diagnostic error "-Wunused-result"

using namespace std::chrono_literals;

int square(int x) { return x * x; }
int add(int a, int b) { return a + b; }

void check(hecaton::Pool& pool, std::vector<hecaton::AsyncResult<int>>& results, const std::vector<int>& xs,
           const std::vector<std::pair<int, int>>& pairs) {
#ifdef HECATON_MUST_FAIL
    pool.imap(square, xs);
    pool.imap_unordered(square, xs);
    pool.imap_outcomes(square, {1, 2});
    pool.with({.chunk_size = 1}).imap_unordered_outcomes(square, xs);
    pool.istarmap(add, pairs);
    pool.map_async(square, xs);
    pool.starmap_async(add, pairs);
    pool.apply_async(square, 1);
    pool.map_outcomes_async([](int) {}, xs);
    pool.map_outcomes(square, xs);
    pool.starmap_outcomes(add, pairs);
    pool.map_reduce(square, std::plus<>(), 0, xs);
    pool.with({.isolate = true});
    pool.with({.isolate = true}).with({.attempts = 1});
    pool.broadcast(xs);
    results.front().wait_for(1s);
    hecaton::wait_all(results, 1s);
    hecaton::wait_any(results, 1s);
    hecaton::wait_any_error(results);
    hecaton::as_completed(results);
#endif
    // These do what they are for.
    pool.map([](int) {}, xs);
    pool.map(square, xs);
    pool.apply(square, 1);
    pool.with({.isolate = true}).starmap(add, pairs);
    pool.map_async([](int) {}, xs);
    pool.apply_async([] {});
    hecaton::wait_all(results);
    hecaton::wait_any(results);
    results.front().get();
    for (int y : pool.imap(square, xs)) static_cast<void>(y);
    const auto outcomes = pool.map_outcomes(square, xs);
}

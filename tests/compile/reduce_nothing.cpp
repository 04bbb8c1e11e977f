// expect: map_reduce needs a function that returns something to fold
#include <functional>
#include <hecaton/hecaton.hpp>

void check(hecaton::Pool& pool, const std::vector<int>& numbers) {
#ifdef HECATON_MUST_FAIL
    pool.map_reduce([](int) {}, std::plus<>{}, 0, numbers);
#else
    pool.map_reduce([](int n) { return n; }, std::plus<>{}, 0, numbers);
#endif
}

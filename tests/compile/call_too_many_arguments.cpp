// expect: the callable cannot be called with items of this type
#include <hecaton/hecaton.hpp>

int add(int a, int b) { return a + b; }

void check(hecaton::Pool& pool, const std::vector<std::tuple<int, int>>& pairs) {
#ifdef HECATON_MUST_FAIL
    pool.map(add, pairs);
#else
    pool.starmap(add, pairs);
#endif
}

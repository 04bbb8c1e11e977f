// expect: this callable cannot travel to other ranks: it captures a reference
#include <hecaton/hecaton.hpp>

void check(hecaton::Pool& pool, const std::vector<int>& numbers) {
    int base = 3;
#ifdef HECATON_MUST_FAIL
    pool.map(hecaton::bind_front([&](int factor, int n) { return factor * n + base; }, 2), numbers);
#else
    pool.map(hecaton::bind_front([base](int factor, int n) { return factor * n + base; }, 2), numbers);
#endif
}

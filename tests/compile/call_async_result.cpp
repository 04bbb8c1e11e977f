// expect: a raw pointer cannot travel between processes
#include <hecaton/hecaton.hpp>

void check(hecaton::Pool& pool, int n) {
#ifdef HECATON_MUST_FAIL
    auto result = pool.apply_async([](int x) { return new int(x); }, n);
#else
    auto result = pool.apply_async([](int x) { return x; }, n);
#endif
    result.wait();
}

// expect: a Process cannot call this callable with these arguments
#include <hecaton/hecaton.hpp>

int square(int x) { return x * x; }

void check(hecaton::Pool& pool) {
#ifdef HECATON_MUST_FAIL
    hecaton::Process process(pool, square, "two");
#else
    hecaton::Process process(pool, square, 2);
#endif
}

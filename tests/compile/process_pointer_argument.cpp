// expect: a raw pointer cannot travel between processes
#include <hecaton/hecaton.hpp>

void check(hecaton::Pool& pool, int value) {
#ifdef HECATON_MUST_FAIL
    hecaton::Process process(
        pool, [](const int* x) { return *x; }, &value);
#else
    hecaton::Process process(
        pool, [](int x) { return x; }, value);
#endif
}

// expect: a raw pointer cannot travel between processes
#include <hecaton/hecaton.hpp>

void check(hecaton::Pool& pool, const std::vector<int*>& pointers, const std::vector<int>& numbers) {
#ifdef HECATON_MUST_FAIL
    pool.map([](const int* x) { return *x; }, pointers);
#else
    pool.map([](int x) { return x; }, numbers);
#endif
    static_cast<void>(pointers), static_cast<void>(numbers);
}

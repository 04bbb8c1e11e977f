// expect: a raw pointer cannot travel between processes
#include <hecaton/hecaton.hpp>

void check(hecaton::Pool& pool, const std::vector<int>& numbers) {
    int base = 3;
#ifdef HECATON_MUST_FAIL
    pool.map(hecaton::bind_front([](const int* b, int n) { return *b + n; }, &base), numbers);
#else
    pool.map(hecaton::bind_front([](int b, int n) { return b + n; }, base), numbers);
#endif
}

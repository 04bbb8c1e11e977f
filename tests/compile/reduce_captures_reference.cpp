// expect: this callable cannot travel to other ranks: it captures a reference
#include <hecaton/hecaton.hpp>

void check(hecaton::Pool& pool, const std::vector<int>& numbers) {
    int modulus = 7;
#ifdef HECATON_MUST_FAIL
    const auto add = [&](int a, int b) { return (a + b) % modulus; };
#else
    const auto add = [modulus](int a, int b) { return (a + b) % modulus; };
#endif
    pool.map_reduce([](int n) { return n; }, add, 0, numbers);
}

// expect: more than plain bytes (a string, a vector, a std::function
#include <functional>
#include <hecaton/hecaton.hpp>

int square(int x) { return x * x; }

void check(hecaton::Pool& pool, const std::vector<int>& numbers) {
#ifdef HECATON_MUST_FAIL
    std::function<int(int)> f = square;
#else
    int (*f)(int) = square;
#endif
    pool.map(f, numbers);
}

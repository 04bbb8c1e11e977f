// expect: map_into needs memory of what the callable returns, or of a type that this converts to
#include <hecaton/hecaton.hpp>

void nothing(int) {}
int something(int x) { return x; }

void check(hecaton::Pool& pool, const std::vector<int>& numbers) {
    std::vector<int> out(numbers.size());
#ifdef HECATON_MUST_FAIL
    pool.map_into(out, nothing, numbers);
#else
    pool.map_into(out, something, numbers);
#endif
}

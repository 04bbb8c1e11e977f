// expect: the callable cannot be called with items of this type
#include <hecaton/hecaton.hpp>

int square(int x) { return x * x; }

void check(hecaton::Pool& pool, const std::vector<std::string>& words, const std::vector<int>& numbers) {
#ifdef HECATON_MUST_FAIL
    pool.map(square, words);
#else
    pool.map(square, numbers);
#endif
    static_cast<void>(words), static_cast<void>(numbers);
}

// expect: the callable cannot be called with items of this type
#include <hecaton/hecaton.hpp>

int square(int x) { return x * x; }

int check(hecaton::Pool& pool, const std::vector<std::string>& words, const std::vector<int>& numbers) {
    int sum = 0;
#ifdef HECATON_MUST_FAIL
    for (int y : pool.imap(square, words)) sum += y;
#else
    for (int y : pool.imap(square, numbers)) sum += y;
#endif
    static_cast<void>(words), static_cast<void>(numbers);
    return sum;
}

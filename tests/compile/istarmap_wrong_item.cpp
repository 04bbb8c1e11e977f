// expect: the callable cannot be called with items of this type
#include <hecaton/hecaton.hpp>

int add(int a, int b) { return a + b; }

int check(hecaton::Pool& pool, const std::vector<std::tuple<int, std::string>>& mixed,
          const std::vector<std::tuple<int, int>>& numbers) {
    int sum = 0;
#ifdef HECATON_MUST_FAIL
    for (int y : pool.istarmap(add, mixed)) sum += y;
#else
    for (int y : pool.istarmap(add, numbers)) sum += y;
#endif
    static_cast<void>(mixed), static_cast<void>(numbers);
    return sum;
}

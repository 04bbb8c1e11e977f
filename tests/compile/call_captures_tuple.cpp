// expect: also a tuple, or a class with data both in itself and in its base
#include <hecaton/hecaton.hpp>

void check(hecaton::Pool& pool, const std::vector<int>& numbers) {
    std::tuple<int, double> line{2, 0.5};
#ifdef HECATON_MUST_FAIL
    pool.map([line](int x) { return std::get<0>(line) * x + std::get<1>(line); }, numbers);
#else
    const auto f = [](const std::tuple<int, double>& l, int x) { return std::get<0>(l) * x + std::get<1>(l); };
    pool.map(hecaton::bind_front(f, line), numbers);
#endif
}

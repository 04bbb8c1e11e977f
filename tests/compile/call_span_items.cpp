// expect: it only refers to values of this one. Use std::vector
#include <hecaton/hecaton.hpp>
#include <span>

void check(hecaton::Pool& pool) {
#ifdef HECATON_MUST_FAIL
    using Row = std::span<const double>;
#else
    using Row = std::vector<double>;
#endif
    const std::vector<Row> rows(3);
    pool.map([](const Row& row) { return row.size(); }, rows);
}

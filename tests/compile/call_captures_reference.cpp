// expect: this callable cannot travel to other ranks: it captures a reference
#include <hecaton/hecaton.hpp>

void check(hecaton::Pool& pool, const std::vector<double>& samples) {
    double mean = 0.5;
#ifdef HECATON_MUST_FAIL
    pool.map([&](double x) { return x - mean; }, samples);
#else
    pool.map([mean](double x) { return x - mean; }, samples);
#endif
}

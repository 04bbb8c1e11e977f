// expect: a raw pointer cannot travel between processes
#include <hecaton/hecaton.hpp>

int numbers_of_this_process[8];

void check(hecaton::Pool& pool, const std::vector<std::size_t>& places) {
#ifdef HECATON_MUST_FAIL
    pool.map([](std::size_t i) { return &numbers_of_this_process[i]; }, places);
#else
    pool.map([](std::size_t i) { return numbers_of_this_process[i]; }, places);
#endif
}

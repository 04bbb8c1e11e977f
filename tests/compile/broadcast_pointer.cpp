// expect: a raw pointer cannot travel between processes
#include <hecaton/hecaton.hpp>

void check(hecaton::Pool& pool, double* values) {
#ifdef HECATON_MUST_FAIL
    pool.broadcast(values);
#else
    pool.broadcast(*values);
#endif
}

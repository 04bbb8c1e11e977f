// The cases of pool_*.cpp run on the root, with one pool that all of them share; the other ranks serve it.
#include <hecaton/hecaton.hpp>
#include <mpi/pool_under_test.hpp>
#include <support/run_cases.hpp>

namespace {
hecaton::Pool* the_pool = nullptr;
}

hecaton::Pool& pool() { return *the_pool; }

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [&](hecaton::Pool& pool) {
        the_pool = &pool;
        return hecaton::test::run_cases(argc, argv);
    });
}

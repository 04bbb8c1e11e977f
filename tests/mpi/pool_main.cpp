// The cases of pool_*.cpp run on the root, with one pool that all of them share; the other ranks serve it.
#if __has_include(<catch2/catch_session.hpp>)
#include <catch2/catch_session.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

#include <hecaton/hecaton.hpp>
#include <mpi/pool_under_test.hpp>

namespace {
hecaton::Pool* the_pool = nullptr;
}

hecaton::Pool& pool() { return *the_pool; }

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [&](hecaton::Pool& pool) {
        the_pool = &pool;
        return Catch::Session().run(argc, argv);
    });
}

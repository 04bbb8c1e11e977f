// The cases of pool_*.cpp run on the root, with one pool that all of them share; the other ranks serve it.
// HECATON_TEST_CALLERS says what the threads that call do themselves.
#include <cstdlib>
#include <hecaton/hecaton.hpp>
#include <hecaton/pool/root/blocking_calls.hpp>
#include <mpi/pool_under_test.hpp>
#include <support/run_cases.hpp>

namespace {
hecaton::Pool* the_pool = nullptr;
}

hecaton::Pool& pool() { return *the_pool; }

int main(int argc, char** argv) {
    if (const char* const part = std::getenv("HECATON_TEST_CALLERS"))
        hecaton::detail::callers_part = static_cast<hecaton::detail::CallersPart>(std::atoi(part));
    return hecaton::run(argc, argv, [&](hecaton::Pool& pool) {
        the_pool = &pool;
        return hecaton::test::run_cases(argc, argv);
    });
}

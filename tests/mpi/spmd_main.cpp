// The cases of spmd_*.cpp run on every rank in the same order. A rank on which one fails says so and ends the job.
#include <hecaton/transport/environment.hpp>
#include <support/run_cases.hpp>
#include <support/skip.hpp>

int main(int argc, char** argv) {
    const hecaton::Environment environment(argc, argv);
    const int status = hecaton::test::run_cases(argc, argv);
    if (status != 0 && status != hecaton::test::skipped_status) environment.world().abort(status);
    return status;
}

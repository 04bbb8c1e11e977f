// The cases of spmd_*.cpp run on every rank in the same order. A rank on which one fails says so and ends the job.
#if __has_include(<catch2/catch_session.hpp>)
#include <catch2/catch_session.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

#include <hecaton/transport/environment.hpp>

int main(int argc, char** argv) {
    const hecaton::Environment environment(argc, argv);
    const int status = Catch::Session().run(argc, argv);
    if (status != 0) environment.world().abort(status);
    return status;
}

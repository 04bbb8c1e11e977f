#if __has_include(<catch2/catch_session.hpp>)
#include <catch2/catch_session.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

#include <support/run_cases.hpp>
#include <support/skip.hpp>

namespace hecaton::test {

int run_cases(int argc, char** argv) {
    const int status = Catch::Session().run(argc, argv);
    return status == 0 && something_was_skipped ? skipped_status : status;
}

}  // namespace hecaton::test

// Tasks of the same name in two translation units, and of a shared library.
#include <mpi/plugin.hpp>
#include <mpi/pool_under_test.hpp>

#include "pool_units.hpp"

namespace {
int same_name(int x) { return x + 1; }
auto local_lambda() {
    return [](int x) { return x * 10; };
}
}  // namespace

TEST_CASE("tasks of the same name in two translation units are two tasks") {
    CHECK(pool().map(same_name, {1, 2}) == std::vector{2, 3});
    CHECK(pool().map(local_lambda(), {1, 2}) == std::vector{10, 20});
    CHECK(mapped_in_other_unit(pool(), {1, 2}) == std::vector{101, 102});
    CHECK(lambda_mapped_in_other_unit(pool(), {1, 2}) == std::vector{1000, 2000});
}

TEST_CASE("a shared library's functions and lambdas are tasks too") {
    CHECK(mapped_by_plugin(pool(), {1, 2}) == std::vector{1001, 1002});
    CHECK(pool().map(plugin_function, {1001}) == std::vector{1});
}

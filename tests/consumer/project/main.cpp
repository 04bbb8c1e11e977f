#include <fmt/ranges.h>
#include <hecaton/hecaton.hpp>

int square(int x) { return x * x; }

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [](hecaton::Pool& pool) {
        auto results = pool.map(square, {1, 2, 3, 4, 5});
        fmt::print("{}\n", results);  // [1, 4, 9, 16, 25], printed once
    });
}

// An OpenMP program with a pool: prints how many threads items have, isolated ones, the body, and a program that it
// starts; and the place of the root.
#include <fmt/ranges.h>
#include <omp.h>

#include <cstdlib>
#include <hecaton/hecaton.hpp>
#include <vector>

namespace {

int threads(int /*item*/) { return omp_get_max_threads(); }

}  // namespace

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [](hecaton::Pool& pool) {
        const std::vector<int> four{1, 2, 3, 4};
        fmt::print("items {} isolated {} body {}\n", pool.with({.chunk_size = 1}).map(threads, four),
                   pool.with({.chunk_size = 1, .isolate = true}).map(threads, four), omp_get_max_threads());
        using namespace hecaton::this_worker;
        fmt::print("place {} of {}, node {} of {}\n", local_rank(), local_size(), node(), nodes());
        std::fflush(nullptr);
        return std::system("echo \"started OMP_NUM_THREADS=$OMP_NUM_THREADS\"");
    });
}

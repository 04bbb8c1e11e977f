// Question 7: the root's memory for a map of 1 GiB of doubles to 1 GiB of doubles.
//
//     hecaton run -n 2 ./map_memory
//
// The figure is the peak of the resident set since the process began, MPI and all, without the input and the result.
#include <fmt/core.h>
#include <sys/resource.h>

#include <cstddef>
#include <hecaton/hecaton.hpp>
#include <stdexcept>
#include <support/benchmark.hpp>
#include <vector>

namespace {

constexpr std::size_t items = std::size_t{1} << 27U;
constexpr int repeats = 3;  // what the first map leaves behind would be seen in the next

double peak_mib() {
    rusage use{};
    ::getrusage(RUSAGE_SELF, &use);
    return static_cast<double>(use.ru_maxrss) / 1024;
}

}  // namespace

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [](hecaton::Pool& pool) {
        std::vector<double> input(items);  // filled in place, so that there is never a second one
        for (std::size_t i = 0; i < items; ++i) input[i] = static_cast<double>(i);
        const double before = peak_mib();
        for (int i = 0; i < repeats; ++i) {
            const auto result = pool.map([](double x) { return x + 1; }, input);
            if (result.back() != input.back() + 1) throw std::logic_error("wrong results");
        }
        constexpr double in_and_out = 2.0 * static_cast<double>(items * sizeof(double)) / (1024 * 1024);
        const double beyond = peak_mib() - in_and_out;
        benchmark::report({.question = 7,
                           .what = "the root's memory, map of 1 GiB to 1 GiB",
                           .ours = fmt::format("in + out + {:.0f} MiB", beyond),
                           .peer = {},
                           .figure = beyond,
                           .target = "at most in + out + 128 MiB",
                           .met = beyond <= 128,
                           .note = fmt::format("peak of the resident set after {} maps; {:.0f} MiB of it were there "
                                               "before the first, the input left out",
                                               repeats, before - in_and_out / 2)});
    });
}

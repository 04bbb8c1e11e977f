// A sweep for a batch job: the period of a pendulum for many angles at which it is let go, as a table on standard
// output. Each case takes its time, as a simulation of your own does, so that there is a job to watch. README.md,
// beside this file, leads from the login to the result.
//
//     hecaton submit -N 2 --ranks-per-node 4 --time 10m --journal sweep.db --restarts 5 ./sweep 1000 2000
//     hecaton run -n 4 ./sweep 20 100        # the same without a queue: 20 cases of 100 milliseconds
#include <fmt/core.h>

#include <chrono>
#include <cmath>
#include <hecaton/hecaton.hpp>
#include <numbers>
#include <thread>
#include <vector>

#include "../argument.hpp"

// Of a pendulum of one metre, in seconds, by the arithmetic-geometric mean.
double period(double degrees, int milliseconds) {
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));  // your simulation is here
    double a = 1, b = std::cos(degrees * std::numbers::pi / 360);
    for (int i = 0; i < 8; ++i) {
        const double mean = (a + b) / 2;
        b = std::sqrt(a * b);
        a = mean;
    }
    return 2 * std::numbers::pi * std::sqrt(1 / 9.81) / a;
}

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [&](hecaton::Pool& pool) {
        const int cases = argument(argc, argv, 1, "CASES", 100, 1'000'000);
        const int milliseconds = argument(argc, argv, 2, "MILLISECONDS", 100, 1'000'000);
        std::vector<double> angles(static_cast<std::size_t>(cases));
        for (int i = 0; i < cases; ++i) angles[static_cast<std::size_t>(i)] = 179.0 * i / cases;

        // With --journal all results of this call are kept as they come; its name tells it from others.
        const auto periods = pool.with({.name = "sweep"})
                                 .map([milliseconds](double angle) { return period(angle, milliseconds); }, angles);

        fmt::print("angle,period\n");
        for (std::size_t i = 0; i < angles.size(); ++i) fmt::print("{:.3f},{:.6f}\n", angles[i], periods[i]);
    });
}

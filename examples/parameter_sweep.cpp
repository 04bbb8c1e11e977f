// A sweep: one simulation for each row of a CSV file, and a CSV with their results on standard output. A row that can
// not be computed has an error instead of a result; the others are not lost.
//
//     hecaton run -n 4 ./parameter_sweep parameters.csv > results.csv
#include <fmt/core.h>

#include <cmath>
#include <fstream>
#include <hecaton/hecaton.hpp>
#include <numbers>
#include <sstream>
#include <string>
#include <vector>

struct Flight {
    double distance, time;
};

// A ball thrown with `speed` (m/s) at `angle` (degrees); air slows it down by `drag` (1/s) times its speed.
Flight fly(double speed, double angle, double drag) {
    if (speed <= 0 || angle <= 0 || angle >= 90 || drag < 0) throw std::domain_error("no ball flies like this");
    constexpr double g = 9.81, dt = 1e-5;
    double x = 0, y = 0, t = 0;
    double vx = speed * std::cos(angle * std::numbers::pi / 180), vy = speed * std::sin(angle * std::numbers::pi / 180);
    for (; y >= 0; t += dt) {
        x += vx * dt;
        y += vy * dt;
        vx -= drag * vx * dt;
        vy -= (g + drag * vy) * dt;
    }
    return {x, t};
}

Flight simulate(const std::string& row) {
    std::istringstream text(row);
    double speed = 0, angle = 0, drag = 0;
    std::string commas(2, ' ');
    if (!(text >> speed >> commas[0] >> angle >> commas[1] >> drag) || commas != ",," || !(text >> std::ws).eof())
        throw std::invalid_argument("a row is three numbers with commas between them");
    return fly(speed, angle, drag);
}

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [&](hecaton::Pool& pool) {
        std::ifstream file(argc == 2 ? argv[1] : throw std::invalid_argument("usage: parameter_sweep FILE.csv"));
        std::string line, header;
        if (!std::getline(file, header)) throw std::runtime_error(fmt::format("cannot read {}", argv[1]));
        std::vector<std::string> rows;
        while (std::getline(file, line)) rows.push_back(line);

        fmt::print("{},distance,time,error\n", header);
        for (const auto& outcome : pool.map_outcomes(simulate, rows)) {
            fmt::print("{},", rows[outcome.index]);
            if (outcome)
                fmt::print("{:.3f},{:.3f},\n", outcome.value().distance, outcome.value().time);
            else
                fmt::print(",,{}\n", outcome.error().text());
        }
    });
}

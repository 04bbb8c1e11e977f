// SPMD style: count, mean, standard deviation, smallest and largest of the numbers in a file, one on a line.
// Rank 0 reads the file; scatter, map, gather and reduce do the rest. When it cannot, one line says why, and all ranks
// end with status 1.
//
//     seq 1000 > numbers.txt && hecaton run -n 4 ./statistics numbers.txt
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <hecaton/hecaton.hpp>
#include <limits>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

std::vector<double> read_numbers(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error("cannot read " + path);
    std::vector<double> numbers;
    for (std::string line; std::getline(file, line);) {
        std::istringstream text(line);
        double number = 0;
        if (!(text >> number) || !(text >> std::ws).eof())
            throw std::runtime_error(fmt::format("{}:{}: '{}' is no number", path, numbers.size() + 1, line));
        numbers.push_back(number);
    }
    if (numbers.empty()) throw std::runtime_error("there are no numbers in " + path);
    return numbers;
}

double sum(const std::vector<double>& xs) { return std::accumulate(xs.begin(), xs.end(), 0.0); }

// What a rank throws by itself (rank 0, above) ends the job, and the handler behind main's block prints it there.
int main(int argc, char** argv) try {
    hecaton::Environment env(argc, argv);
    const auto world = env.world();
    std::vector<double> numbers;  // all of them on rank 0, none on the others
    if (world.rank() == 0) numbers = read_numbers(argc == 2 ? argv[1] : throw std::invalid_argument("give one FILE"));

    const std::vector<double> mine = hecaton::scatter(world, numbers);
    std::array<double, 2> totals = {static_cast<double>(mine.size()), sum(mine)};
    hecaton::all_reduce_into(world, totals, totals, std::plus<>());  // both at once, in place
    const double count = totals[0], mean = totals[1] / count;
    const auto squares = hecaton::map(
        world, [&](double x) { return (x - mean) * (x - mean); }, numbers);
    double low = std::numeric_limits<double>::infinity(), high = -low;  // of no number, on a rank that has none
    for (const double x : mine) low = std::min(low, x), high = std::max(high, x);
    low = hecaton::reduce(world, low, [](double a, double b) { return std::min(a, b); });
    high = hecaton::reduce(world, high, [](double a, double b) { return std::max(a, b); });
    const std::vector<std::size_t> blocks = hecaton::gather(world, mine.size());
    if (world.rank() != 0) return 0;
    const double deviation = std::sqrt(sum(squares) / count);
    fmt::print("count {:.0f}\nmean {:.6g}\ndeviation {:.6g}\nmin {:.6g}\nmax {:.6g}\n", count, mean, deviation, low,
               high);
    fmt::print(stderr, "numbers on each rank: {}\n", blocks);
    return 0;
} catch (const std::exception& error) {
    fmt::print(stderr, "statistics: {}\n", error.what());
    return 1;
}

// The product of two matrices: one is broadcast, once to each node, and the rows of the other are mapped over.
//
//     hecaton run -n 4 ./matrix_multiply           # or with a size: ./matrix_multiply 1000
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <hecaton/hecaton.hpp>
#include <vector>

#include "argument.hpp"

using Row = std::vector<double>;
using Matrix = std::vector<Row>;

Matrix make(std::size_t n, std::size_t a, std::size_t b) {  // of small whole numbers: their products are exact
    Matrix matrix(n, Row(n));
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < n; ++j) matrix[i][j] = static_cast<double>((a * i + b * j) % 10);
    return matrix;
}

Row row_times_matrix(const Row& row, const Matrix& matrix) {
    Row result(matrix.front().size());
    for (std::size_t k = 0; k < row.size(); ++k)
        for (std::size_t j = 0; j < result.size(); ++j) result[j] += row[k] * matrix[k][j];
    return result;
}

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [&](hecaton::Pool& pool) {
        const auto n = static_cast<std::size_t>(argument(argc, argv, 1, "SIZE", 400, 10000));
        const Matrix left = make(n, 3, 7), right = make(n, 1, 2);
        const auto shared = pool.broadcast(right);  // a small handle, which the lambda captures by value
        const Matrix product = pool.map([shared](const Row& row) { return row_times_matrix(row, *shared); }, left);
        const auto report = pool.last_map();

        double difference = 0, sum = 0;
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j) {
                double serial = 0;
                for (std::size_t k = 0; k < n; ++k) serial += left[i][k] * right[k][j];
                difference = std::max(difference, std::abs(product[i][j] - serial));
                sum += product[i][j];
            }
        }
        fmt::print("sum of all elements {:.0f}\nlargest difference from a serial product {}\n", sum, difference);
        fmt::print(stderr, "{}\n", report.verdict());
    });
}

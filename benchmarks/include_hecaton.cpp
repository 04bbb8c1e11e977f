// A program of 20 lines that uses most of a pool; include_cost.py measures what compiling it costs (question 12).
#include <hecaton/hecaton.hpp>

#include <cstdio>
#include <string>
#include <vector>

int square(int x) { return x * x; }

int main(int argc, char** argv) {
    return hecaton::run(argc, argv, [](hecaton::Pool& pool) {
        const std::vector<std::string> words{"one", "two", "three"};
        const auto squares = pool.map(square, {1, 2, 3, 4, 5});
        const auto lengths = pool.map([](const std::string& word) { return word.size(); }, words);
        for (const int y : squares) std::printf("%d\n", y);
        for (const std::size_t length : lengths) std::printf("%zu\n", length);
        std::printf("%s\n", pool.last_map().verdict().c_str());
        return squares.size() == 5 ? 0 : 1;
    });
}

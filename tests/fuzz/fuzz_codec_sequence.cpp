// Vectors, deques and lists: of plain bytes, of values that are taken apart, and of nothing at all.
#include <complex>
#include <fuzz/values.hpp>

namespace hecaton::fuzz {

void run(std::span<const std::byte> bytes) {
    decode_one_of<std::vector<double>, std::vector<std::string>, std::vector<std::vector<std::vector<short>>>,
                  std::deque<std::string>, std::list<int>, std::vector<std::tuple<>>, std::vector<std::complex<float>>,
                  std::vector<std::array<char, 1'000>>>(bytes);
}

std::vector<std::string> seeds() {
    using namespace std::string_literals;
    return one_seed_each(std::vector{1.5, -2.5}, std::vector{"one"s, ""s, "three"s},
                         std::vector<std::vector<std::vector<short>>>{{{1, 2}, {}}, {}, {{3}}}, std::deque{"a"s, "b"s},
                         std::list{1, 2, 3}, std::vector<std::tuple<>>(3), std::vector<std::complex<float>>{{1, 2}},
                         std::vector<std::array<char, 1'000>>(1));
}

}  // namespace hecaton::fuzz

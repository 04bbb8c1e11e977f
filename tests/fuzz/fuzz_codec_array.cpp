// Arrays: of plain bytes, short and long ones of values that are taken apart, and empty ones.
#include <fuzz/values.hpp>

namespace hecaton::fuzz {
namespace {

using Long = std::array<std::string, 70>;

}  // namespace

void run(std::span<const std::byte> bytes) {
    decode_one_of<std::array<int, 4>, std::array<std::string, 2>, Long, std::array<std::string, 0>,
                  std::array<std::array<std::vector<int>, 2>, 2>, std::vector<std::array<std::string, 3>>>(bytes);
}

std::vector<std::string> seeds() {
    using namespace std::string_literals;
    return one_seed_each(std::array{1, 2, 3, 4}, std::array{"a"s, "b"s}, Long{"first"s}, std::array<std::string, 0>(),
                         std::array<std::array<std::vector<int>, 2>, 2>{{{{{1}, {2, 3}}}, {{{}, {4}}}}},
                         std::vector<std::array<std::string, 3>>{{"x"s, "y"s, "z"s}});
}

}  // namespace hecaton::fuzz

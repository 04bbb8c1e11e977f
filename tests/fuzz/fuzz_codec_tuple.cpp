// Pairs and tuples.
#include <fuzz/values.hpp>

namespace hecaton::fuzz {

void run(std::span<const std::byte> bytes) {
    decode_one_of<std::tuple<>, std::tuple<int>, std::tuple<int, std::string, std::optional<double>>,
                  std::pair<int, std::string>, std::tuple<bool, std::pair<char, bool>, std::vector<std::string>>,
                  std::vector<std::pair<std::string, std::tuple<float, std::wstring>>>>(bytes);
}

std::vector<std::string> seeds() {
    using namespace std::string_literals;
    return one_seed_each(std::tuple<>(), std::tuple(7),
                         std::tuple<int, std::string, std::optional<double>>(1, "x", 2.5), std::pair(1, "x"s),
                         std::tuple<bool, std::pair<char, bool>, std::vector<std::string>>(true, {'c', false}, {"a"}),
                         std::vector<std::pair<std::string, std::tuple<float, std::wstring>>>{{"k", {1.F, L"wide"}}});
}

}  // namespace hecaton::fuzz

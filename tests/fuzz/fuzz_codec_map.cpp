// Maps, with an order and hashed, with each key once and several times.
#include <fuzz/values.hpp>

namespace hecaton::fuzz {

void run(std::span<const std::byte> bytes) {
    decode_one_of<std::map<std::string, int>, std::multimap<std::string, std::vector<int>>,
                  Ambiguous<std::unordered_map<std::string, std::string>>,
                  Ambiguous<std::unordered_multimap<int, std::string>>, std::map<bool, std::map<char, std::string>>,
                  Ambiguous<std::unordered_multimap<bool, std::tuple<>>>>(bytes);
}

std::vector<std::string> seeds() {
    return one_seed_each(std::map<std::string, int>{{"a", 1}, {"b", 2}},
                         std::multimap<std::string, std::vector<int>>{{"a", {1}}, {"a", {2, 3}}},
                         std::unordered_map<std::string, std::string>{{"a", "b"}, {"c", "d"}},
                         std::unordered_multimap<int, std::string>{{1, "b"}, {1, "c"}},
                         std::map<bool, std::map<char, std::string>>{{true, {{'x', "text"}}}},
                         std::unordered_multimap<bool, std::tuple<>>{{true, {}}, {false, {}}});
}

}  // namespace hecaton::fuzz

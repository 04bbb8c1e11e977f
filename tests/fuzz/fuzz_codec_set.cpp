// Sets, with an order and hashed, with each value once and several times.
#include <fuzz/values.hpp>

namespace hecaton::fuzz {

void run(std::span<const std::byte> bytes) {
    decode_one_of<std::set<std::string>, std::multiset<int>, Ambiguous<std::unordered_set<std::string>>,
                  Ambiguous<std::unordered_multiset<int>>, std::set<std::set<std::vector<bool>>>>(bytes);
}

std::vector<std::string> seeds() {
    using namespace std::string_literals;
    return one_seed_each(std::set{"a"s, "b"s}, std::multiset{1, 1, 2}, std::unordered_set{"a"s, "b"s},
                         std::unordered_multiset{1, 1, 2}, std::set<std::set<std::vector<bool>>>{{{true, false}}, {}});
}

}  // namespace hecaton::fuzz

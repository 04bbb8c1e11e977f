// Bools: alone, packed into a vector, and in arrays, where a byte other than 0 and 1 is none.
#include <fuzz/values.hpp>

namespace hecaton::fuzz {

void run(std::span<const std::byte> bytes) {
    decode_one_of<bool, std::vector<bool>, std::array<bool, 3>, std::vector<std::array<bool, 2>>, std::deque<bool>>(
        bytes);
}

std::vector<std::string> seeds() {
    return one_seed_each(true, std::vector{true, false, true, true, false, true, false, false, true},
                         std::array{true, false, true}, std::vector<std::array<bool, 2>>{{true, false}, {false, true}},
                         std::deque{false, true});
}

}  // namespace hecaton::fuzz

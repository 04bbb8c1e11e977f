// Optionals.
#include <fuzz/values.hpp>

namespace hecaton::fuzz {

void run(std::span<const std::byte> bytes) {
    decode_one_of<std::optional<int>, std::optional<bool>, std::optional<std::string>,
                  std::optional<std::optional<std::vector<int>>>, std::vector<std::optional<bool>>>(bytes);
}

std::vector<std::string> seeds() {
    return one_seed_each(std::optional<int>(1), std::optional<bool>(), std::optional<std::string>("text"),
                         std::optional<std::optional<std::vector<int>>>(std::vector{1, 2}),
                         std::vector<std::optional<bool>>{true, {}, false});
}

}  // namespace hecaton::fuzz

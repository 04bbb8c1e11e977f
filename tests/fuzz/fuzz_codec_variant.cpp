// Variants.
#include <fuzz/values.hpp>

namespace hecaton::fuzz {
namespace {

using Value = std::variant<std::monostate, int, std::string, std::vector<int>>;

}  // namespace

void run(std::span<const std::byte> bytes) {
    decode_one_of<Ambiguous<Value>, std::vector<std::variant<int, bool>>,
                  Ambiguous<std::variant<Value, std::optional<Value>>>, Ambiguous<std::vector<Value>>>(bytes);
}

std::vector<std::string> seeds() {
    return one_seed_each(Value("text"), std::vector<std::variant<int, bool>>{1, true},
                         std::variant<Value, std::optional<Value>>(std::optional<Value>(3)),
                         std::vector<Value>{1, "two", std::vector{3}, {}});
}

}  // namespace hecaton::fuzz
